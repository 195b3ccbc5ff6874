// The blocks of one part of an answer. Finished ones are frozen: of what arrives only the last is drawn again.
import { memo } from "react";
import { Artifact } from "../artifacts/Artifact";
import type { Block } from "./blocks";
import { Formula } from "./Formula";
import { AnswerPicture } from "./RemotePicture";
import { TextBlock } from "./TextBlock";
import "./warm";

const BlockView = memo(function BlockView({ block, closed }: { block: Block; closed: boolean }) {
  const inset = block.inset ? { marginLeft: Math.min(block.inset * 7, 84) } : undefined;
  return (
    <div className="block-part" style={inset}>
      <Inner block={block} closed={closed} />
    </div>
  );
});

function Inner({ block, closed }: { block: Block; closed: boolean }) {
  switch (block.kind) {
    case "text":
      return <TextBlock text={block.text} closed={closed} />;
    case "maths":
      return <Formula source={block.formula} display />;
    case "picture":
      return <AnswerPicture src={block.url} alt={block.name} />;
    case "code":
      return <Artifact code={block} closed={closed} />;
  }
}

/** `live`: more of this part may come. */
export default function Markdown({ blocks, live }: { blocks: Block[]; live: boolean }) {
  return (
    <div className="prose selectable" data-testid="answer-text">
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} closed={!live || index < blocks.length - 1} />
      ))}
    </div>
  );
}
