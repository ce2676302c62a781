import { show } from "../../box/printable.ts";
import { questions, type Answers, type Question } from "./questions.ts";

/** Every answer there is. */
export type AllAnswers = Readonly<Required<Answers>>;

/** Asks a person: shows the text and gives the line that is written. */
export type Ask = (text: string) => Promise<string>;

/**
 * The answers of the flags, and to all other questions what they suggest.
 *
 * @returns what is wrong with each flag besides
 */
export function suggested(given: Answers): { readonly answers: AllAnswers; readonly faults: readonly string[] } {
  const faults: string[] = [];
  let answers: Answers = {};
  for (const question of questions) {
    const answer = given[question.key] ?? question.suggestion(answers);
    const fault = given[question.key] === undefined ? undefined : faultOf(question, answer, answers);
    if (fault !== undefined) faults.push(`--${question.flag}: ${fault}`);
    answers = { ...answers, [question.key]: answer };
  }
  return { answers: answers as AllAnswers, faults };
}

/**
 * Asks every question that no flag has answered; an empty line takes what stands in brackets.
 *
 * @param before the answers of an earlier round, which stand in brackets in place of the suggestions
 * @param tell shows why an answer is asked for again
 */
export async function asked(
  given: Answers,
  before: Answers,
  ask: Ask,
  tell: (text: string) => void,
): Promise<AllAnswers> {
  let answers: Answers = {};
  for (const question of questions) {
    const { key, isAsked = () => true } = question;
    const suggestion = before[key] ?? question.suggestion(answers);
    const answer =
      given[key] ?? (isAsked(answers) ? await answerTo(question, suggestion, answers, ask, tell) : suggestion);
    answers = { ...answers, [key]: answer };
  }
  return answers as AllAnswers;
}

async function answerTo(
  question: Question,
  suggestion: string,
  answers: Answers,
  ask: Ask,
  tell: (text: string) => void,
): Promise<string> {
  for (;;) {
    const line = (await ask(`${question.text}${suggestion === "" ? "" : ` [${suggestion}]`}: `)).trim();
    const answer = line === "" ? suggestion : line;
    const fault = faultOf(question, answer, answers);
    if (fault === undefined) return answer;
    tell(`${fault}\n`);
  }
}

function faultOf({ faultOf: rule, isAsked }: Question, answer: string, answers: Answers): string | undefined {
  if (isAsked?.(answers) === false) return undefined;
  const fault = rule?.(answer);
  return fault === undefined ? undefined : `${show(answer)} ${fault}`;
}
