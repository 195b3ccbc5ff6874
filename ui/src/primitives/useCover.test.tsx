import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import { useCover } from "./useCover";

function Over({ open }: { open: boolean }) {
  useCover(open);
  return null;
}

test("the page under a dialog hides its scrollbars until the last dialog is gone", () => {
  const page = document.body.appendChild(Object.assign(document.createElement("div"), { id: "root" }));
  const first = render(<Over open />);
  const second = render(<Over open={false} />);
  second.rerender(<Over open />);
  first.unmount();
  expect(page.hasAttribute("data-covered")).toBe(true);
  second.rerender(<Over open={false} />);
  expect(page.hasAttribute("data-covered")).toBe(false);
  page.remove();
});
