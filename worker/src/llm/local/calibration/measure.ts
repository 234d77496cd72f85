/** One answer: how sure it was, and whether it was right. */
export interface Judged {
  confidence: number;
  right: boolean;
}

/** Share of right answers. */
export function toAccuracy(answers: Judged[]): number {
  return answers.filter(({ right }) => right).length / answers.length;
}

/**
 * Expected calibration error, 0..1: the mean distance of confidence from accuracy over ten bins of equal width,
 * weighted by their answers (Guo et al., 2017, "On Calibration of Modern Neural Networks").
 */
export function toCalibrationError(answers: Judged[]): number {
  const bins = Array.from({ length: 10 }, (): Judged[] => []);
  for (const answer of answers) bins[Math.min(9, Math.floor(answer.confidence * 10))]?.push(answer);
  return bins
    .filter((bin) => bin.length > 0)
    .reduce((sum, bin) => {
      const confidence = bin.reduce((total, answer) => total + answer.confidence, 0) / bin.length;
      return sum + (bin.length / answers.length) * Math.abs(confidence - toAccuracy(bin));
    }, 0);
}
