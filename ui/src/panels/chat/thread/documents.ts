// The documents of the open conversation, within reach of each of its messages.
import { createContext, use } from "react";
import { Documents } from "./parts";

/** An answer outside of a thread has documents of its own. */
export const DocumentsContext = createContext<Documents>(new Documents());
export const useDocuments = () => use(DocumentsContext);
