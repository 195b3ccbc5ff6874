// What an answer's text refers to: its sources and its footnotes, told to every block without redrawing the finished ones.
import { createContext, use } from "react";
import type { Citation } from "../../../bindings";
import type { Notes } from "../thread/parts";

export type Aside = { citations: Citation[]; notes: Notes; /** It is still arriving. */ live: boolean };
export const AsideContext = createContext<Aside>({ citations: [], notes: { definitions: [], footnotes: [], version: 0 }, live: false });
export const useAside = () => use(AsideContext);
