import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { narrow, OptionList } from "./OptionList";

const groups = [
  { label: "Nexhina", options: [{ value: "a", label: "gpt-4.1" }, { value: "b", label: "gpt-4o-mini" }] },
  { label: "Sandbox", options: [{ value: "c", label: "sandbox-chat" }] },
];

test("every typed word has to fit the option or its group", () => {
  expect(narrow(groups, "nex mini").map((group) => group.options.map((option) => option.value))).toEqual([["b"]]);
  expect(narrow(groups, "nothing like it")).toEqual([]);
});

test("arrows move across groups and Enter takes the one", async () => {
  const onPick = vi.fn();
  render(<OptionList groups={groups} placeholder="Search" empty="None" onPick={onPick} />);
  await userEvent.keyboard("{ArrowDown}{ArrowDown}{Enter}");
  expect(onPick).toHaveBeenCalledWith("c");
  await userEvent.keyboard("{ArrowDown}");
  expect(screen.getByRole("combobox").getAttribute("aria-activedescendant")).toMatch(/-0$/);
});
