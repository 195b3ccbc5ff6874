// Does something to a server, and reads the servers again; what went wrong is told.
import { useQueryClient } from "@tanstack/react-query";
import { asProblem } from "../../../host/problem";
import { keys } from "../../../host/queries";
import { inWords } from "../../../parts/problem";
import { tellProblem } from "../../../primitives/toast";

export function useServerChange(): (act: () => Promise<unknown>) => Promise<boolean> {
  const client = useQueryClient();
  return async (act) => {
    try {
      await act();
      return true;
    } catch (thrown) {
      tellProblem(inWords(asProblem(thrown)));
      return false;
    } finally {
      await Promise.all([client.invalidateQueries({ queryKey: keys.servers }), client.invalidateQueries({ queryKey: keys.offers })]);
    }
  };
}
