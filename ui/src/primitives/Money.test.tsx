import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import "../i18n";
import { Money } from "./Money";

test("an estimate says so, but nothing is nothing", () => {
  expect(render(<Money nano={48_000} estimated />).container.textContent).toBe("≈ $0.000048");
  expect(render(<Money nano={0} estimated />).container.textContent).toBe("$0");
});
