// A sentence in the corner that goes away by itself.
import { toast } from "sonner";

export function tell(sentence: string, undo?: { label: string; onUndo: () => void }): void {
  toast(sentence, undo && { action: { label: undo.label, onClick: undo.onUndo }, duration: 8000 });
}

export function tellProblem(problem: { message: string; remedy: string | null }): void {
  toast.error(problem.message, { description: problem.remedy ?? undefined, duration: 8000 });
}
