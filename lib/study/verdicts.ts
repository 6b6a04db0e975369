import { DataError } from "../core/errors.js";
import { createRandom } from "../core/random.js";
import { findPaperEntry, type Paper } from "../data/paper.js";
import { compatibilityMatrix } from "../geometry/compatibility.js";
import { compareFamilies, type NetworkOrigin } from "../geometry/family-structure.js";
import { fitNetworkEffects } from "../geometry/network-effects.js";
import { testTargetSeparation } from "../geometry/target-separation.js";
import { chooseMap } from "./choose-map.js";
import type { ResultRow } from "./result-row.js";
import { summarise, type SummaryRow } from "./summary.js";

/** What these data say of one claim of the published study. */
export interface ClaimVerdict {
  readonly claim: string;
  readonly verdict: "holds" | "holds partly" | "does not hold" | "cannot be tested here";
  /** What was measured. */
  readonly measured: string;
  readonly value: number | null;
  /** Bounds of its 95 % interval over networks. */
  readonly low: number | null;
  readonly high: number | null;
  /** Name of the notebook whose rows of record were read; null where there is none. */
  readonly notebook: string | null;
}

/** Rows of record by notebook. */
export type RowsOfRecord = ReadonlyMap<string, readonly ResultRow[]>;

/** How far from one half an unaligned AUC may be. */
const nearChance = 0.05;
/** What a map from another set must keep of the result on its own set, and a choice on fresh networks of what it reached where it was made. */
const keptAcross = 0.9;
/** What share of stolen templates must enter another network's system, at a false match rate of 1e-3, for it to be no safe place. */
const mostlyIn = 0.5;
/** How many times as often as a stranger they must enter, at the least, for the place to be less than safe. */
const moreThanStrangers = 10;
/** How much better identification than verification must be for "poor verifier, good identifier". */
const clearly = 0.1;
/** The level of tests. */
const level = 0.05;

const identification = "02-does-a-mapped-probe-find-its-mate";
const verification = "03-is-a-mapped-face-verified";
const general = "04-do-general-networks-see-faces";
const learning = "07-how-much-data-does-a-map-need";
const compatibility = "09-who-is-compatible-with-whom";
const objections = "10-does-it-hold";
const security = "11-is-a-template-safe";

/**
 * Judge the study's claims by rows of record. What a claim asks is fixed here, before any number is read.
 *
 * @param origins of all networks of the rows, for the claim about families.
 * @throws DataError when a notebook has no rows, or not those that a claim asks for.
 */
export function judgeClaims(results: RowsOfRecord, paper: Paper, origins: readonly NetworkOrigin[]): ClaimVerdict[] {
  const rowsOf = (notebook: string): readonly ResultRow[] => {
    const rows = results.get(notebook);
    if (rows === undefined) throw new DataError(`judgeClaims: there are no rows of record of ${notebook}; run its notebook`);
    return rows;
  };
  const pick = (notebook: string, wanted: Partial<ResultRow>): ResultRow[] => {
    const rows = rowsOf(notebook).filter((row) => Object.entries(wanted).every(([key, value]) => row[key as keyof ResultRow] === value));
    if (rows.length === 0)
      throw new DataError(`judgeClaims: ${notebook} has no rows with ${JSON.stringify(wanted)}; run it with its declared parameters`);
    return rows;
  };
  const meanOf = (notebook: string, wanted: Partial<ResultRow>): SummaryRow => summarise(pick(notebook, wanted))[0];
  const of = (notebook: string, measured: string, { mean, low, high }: SummaryRow): Omit<ClaimVerdict, "claim" | "verdict"> => {
    return { measured, value: mean, low, high, notebook };
  };
  const within = { fitSet: "lfw", testSet: "lfw" };
  const bare = meanOf(verification, { map: "zero-pad", metric: "auc", ...within });
  const aligned = meanOf(verification, { map: "procrustes", metric: "auc", ...within });
  const [free, rotation] = ["least-squares", "procrustes"].map((map) => meanOf(identification, { map, metric: "rank1", ...within }));
  const [own, across] = [{ fitSet: "cfp", testSet: "cfp" }, { fitSet: "lfw", testSet: "cfp" }].map((sets) => meanOf(identification, { map: "procrustes", metric: "rank1", ...sets })); // prettier-ignore
  const isGeneral = ({ source, target }: ResultRow): boolean => source.startsWith("vis_") && target.startsWith("vis_");
  const generalMean = (metric: string): SummaryRow => summarise(pick(general, { map: "ridge", metric, ...within }).filter(isGeneral))[0];
  const [identified, verified] = [generalMean("rank1"), generalMean("tmr@fmr=1e-2")];
  const stolen = meanOf(security, { experiment: `${security}/swap`, metric: "sar@fmr=1e-3" });
  const stolenAtLeast = stolen.low ?? 0;
  const enough = findPaperEntry(paper, "fraction=0.1/rank1").value;
  const tenths = ["ridge", "procrustes"].flatMap((map) => pick(learning, { experiment: `${learning}/0.1`, map, metric: "rank1" }));
  const worst = tenths.reduce((one, other) => (other.value < one.value ? other : one));
  const seen = pick(objections, { experiment: `${objections}/chosen`, metric: "rank1" });
  const choice = chooseMap(seen, "rank1");
  const known = new Set(seen.flatMap(({ source, target }) => [source, target]));
  const fresh = pick(objections, { experiment: `${objections}/fresh`, map: choice, metric: "rank1" });
  const [made] = summarise(seen.filter(({ map }) => map === choice));
  const [held] = summarise(fresh.filter(({ source, target }) => !known.has(source) || !known.has(target)));
  const wrong = ["shuffled", "identity-shuffled"].flatMap((control) =>
    pick(objections, { map: `least-squares/${control}`, metric: "auc" }),
  );
  const farthest = wrong.reduce((one, other) => (Math.abs(other.value - 0.5) > Math.abs(one.value - 0.5) ? other : one));
  const holdsIf = (condition: boolean): "holds" | "does not hold" => (condition ? "holds" : "does not hold");
  const keptShare = (share: number): ClaimVerdict["verdict"] =>
    share >= keptAcross ? "holds" : share > 0.5 ? "holds partly" : "does not hold";
  return [
    {
      claim: "Without alignment the embeddings of two networks cannot be compared",
      verdict: holdsIf(Math.abs(bare.mean - 0.5) < nearChance),
      ...of(verification, "AUC of zero-padded embeddings, LFW", bare),
    },
    {
      claim: "A low-capacity linear map restores verification",
      verdict:
        aligned.mean < findPaperEntry(paper, "aligned/auc/cfp").value
          ? "does not hold"
          : (aligned.low ?? 0) > 0.9
            ? "holds"
            : "holds partly",
      ...of(verification, "AUC after Procrustes, LFW", aligned),
    },
    {
      claim: "A rotation does as well as an unconstrained map",
      verdict: holdsIf(rotation.mean >= free.mean),
      ...of(identification, `Rank-1 after Procrustes, LFW (least squares ${free.mean.toFixed(3)})`, rotation),
    },
    {
      claim: "A map that was fitted on one set holds on another",
      verdict: keptShare(across.mean / own.mean),
      ...of(identification, `Rank-1 on CFP after Procrustes fitted on LFW (on CFP itself ${own.mean.toFixed(3)})`, across),
    },
    {
      claim: "A tenth of the training data is enough for ridge and Procrustes",
      verdict: holdsIf(worst.value > enough),
      measured: `Rank-1 at a tenth of the people, the worst of ${tenths.length} fits (${worst.map}); its interval is over people`,
      value: worst.value,
      low: worst.low,
      high: worst.high,
      notebook: learning,
    },
    {
      claim: "General networks are poor verifiers and good identifiers of faces",
      verdict: holdsIf(identified.mean > verified.mean + clearly),
      ...of(general, `Rank-1 between general networks after ridge, LFW (TMR at FMR 1 % ${verified.mean.toFixed(3)})`, identified),
    },
    ...judgeCompatibility(pick, origins),
    {
      claim: "It is the right pairs that align, not the freedom of the fit",
      verdict: holdsIf(Math.abs(farthest.value - 0.5) < nearChance),
      measured: "AUC after least squares on pairs of different people, LFW; its interval is over people",
      value: farthest.value,
      low: farthest.low,
      high: farthest.high,
      notebook: objections,
    },
    {
      claim: "What is chosen on some networks and one set holds on others",
      verdict: keptShare(held.mean / made.mean),
      ...of(
        objections,
        `Rank-1 of the chosen map (${choice}) with a fresh network, CFP (where it was chosen ${made.mean.toFixed(3)})`,
        held,
      ),
    },
    {
      claim: "Alignment bears on template security: stolen templates serve in another network",
      verdict:
        stolen.mean >= mostlyIn && stolenAtLeast > moreThanStrangers * 1e-3
          ? "holds"
          : stolen.mean > moreThanStrangers * 1e-3
            ? "holds partly"
            : "does not hold",
      ...of(security, "Stolen LFW templates, mapped with pairs of CFP, that enter at FMR 0.1 %", stolen),
    },
    {
      claim: "The published means on CASIA-WebFace",
      verdict: "cannot be tested here",
      measured: "the set is not at hand",
      value: null,
      low: null,
      high: null,
      notebook: null,
    },
  ];
}

/** What the matrix of all ordered pairs says of targets and of families. */
function judgeCompatibility(
  pick: (notebook: string, wanted: Partial<ResultRow>) => readonly ResultRow[],
  origins: readonly NetworkOrigin[],
): ClaimVerdict[] {
  const [mapped, native] = ["procrustes", "native"].map((map) => pick(compatibility, { map, metric: "rank1" }));
  const matrix = compatibilityMatrix([...native, ...mapped], "rank1");
  const separation = new Map(pick(compatibility, { map: "native", metric: "tmr@fmr=1e-2" }).map(({ target, value }) => [target, value]));
  const random = createRandom(0);
  const ownSeparation = matrix.networks.map((network) => separation.get(network) ?? NaN);
  const { statistic: correlation, p } = testTargetSeparation(matrix, ownSeparation, { random });
  const { shares } = fitNetworkEffects(matrix);
  const { all, withoutSiblings } = compareFamilies(matrix, origins, { random });
  const strangers = withoutSiblings ?? all;
  const none = { low: null, high: null, notebook: compatibility };
  return [
    {
      claim: "A target's own separation of people limits what can be mapped to it",
      verdict: !(correlation > 0 && p < level) ? "does not hold" : shares.target > shares.source ? "holds" : "holds partly",
      measured: `correlation of a network's own TMR at FMR 1 % with the mean Rank-1 of what is mapped to it, LFW (p ${p.toFixed(4)}; targets explain ${shares.target.toFixed(2)} of the variance, sources ${shares.source.toFixed(2)})`,
      value: correlation,
      ...none,
    },
    {
      claim: "Networks of one family align better with each other than with others",
      verdict: strangers.test.p < level && withoutSiblings !== null ? "holds" : all.test.p < level ? "holds partly" : "does not hold",
      measured: `Rank-1 after Procrustes within families, siblings left out, LFW (between families ${strangers.between.toFixed(3)}; p ${strangers.test.p.toFixed(4)})`,
      value: strangers.within,
      ...none,
    },
  ];
}

/** The verdicts as a table of a Markdown page, each with a link to its notebook. @param folder of the notebooks, as the page sees it. */
export function formatVerdicts(verdicts: readonly ClaimVerdict[], folder: string): string {
  const number = (value: number | null): string => (value === null ? "–" : value.toFixed(3));
  const lines = verdicts.map(({ claim, verdict, measured, value, low, high, notebook }) => {
    const interval = low === null || high === null ? "" : ` [${number(low)}, ${number(high)}]`;
    const link = notebook === null ? "–" : `[${notebook.slice(0, 2)}](${folder}/${notebook}.ipynb)`;
    return `| ${claim} | ${verdict} | ${measured} | ${number(value)}${interval} | ${link} |`;
  });
  return ["| claim of the study | verdict here | measured | value [95 %] | notebook |", "| --- | --- | --- | --- | --- |", ...lines].join(
    "\n",
  );
}
