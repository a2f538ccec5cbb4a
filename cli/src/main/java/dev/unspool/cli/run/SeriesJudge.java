// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Charts;
import dev.unspool.data.Range;
import dev.unspool.data.Split;
import dev.unspool.engine.BlockSource;
import dev.unspool.inference.Evaluation;
import dev.unspool.loss.Loss;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.predict.Outputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Judges a network by its predictions of a table's rows, each from everything before it.
 *
 * @param data the table
 * @param model the network
 * @param theta its weights
 * @param loss what it is trained for
 * @param stop looked at at every block
 */
record SeriesJudge(SeriesData data, Model model, Parameters theta, Loss loss, Stop stop) {
  /** Steps run before a part is judged; a longer past makes no difference that could be seen. */
  private static final long WARM_UP = 100_000;

  private static final int BLOCK_STEPS = 256;
  private static final int CHART_ROWS = 2_000;

  /** The step with which a judgement of some rows begins. */
  static long firstStep(SeriesData data, Range rows) {
    return Math.max(0, rows.from() - data.config().horizon() - WARM_UP);
  }

  /** The loss over some rows. */
  double loss(Range rows) {
    return evaluate(rows, (_, _) -> stop.check()).loss();
  }

  /** Figures of some rows; null if none of them can be predicted. */
  Figures.@Nullable Series score(Range rows) {
    return score(rows, (_, _, _, _, _, _) -> {});
  }

  /** The same; somebody is told of each prediction. */
  Figures.@Nullable Series score(Range rows, PredictionListener listener) {
    SeriesScore score = SeriesScore.of(data, rows, listener);
    if (score == null) {
      return null;
    }
    var next = new AtomicLong(firstStep(data, rows));
    evaluate(
        rows,
        (block, outputs) -> {
          stop.check();
          for (int step = 0; step < block.steps(); step++) {
            score.says(next.getAndIncrement(), outputs.values(), outputs.at(step));
          }
        });
    return score.figures();
  }

  private Evaluation evaluate(Range rows, Evaluation.OutputConsumer consumer) {
    stop.check();
    long from = Math.max(0, rows.from() - data.config().horizon());
    try (BlockSource source =
        data.source(new Range(from, rows.to()), 1, from - firstStep(data, rows), rows)) {
      return Evaluation.run(model, theta, source, loss, BLOCK_STEPS, consumer);
    }
  }

  /** Draws the newest rows of the test part, or else of the validation part. */
  void draw(Path png) throws IOException {
    Split split = data.split();
    boolean tests = !split.test().isEmpty();
    Range part = tests ? split.test() : split.valid();
    long first = Math.max(part.from(), part.to() - CHART_ROWS);
    var rows = new ArrayList<Long>();
    var truth = new ArrayList<Double>();
    var predictions = new ArrayList<Double>();
    Outputs said = data.outputs();
    int last = said.horizons().size() - 1;
    int levels = said.quantiles().size();
    Charts.Band band =
        levels < 2
            ? null
            : Charts.Band.between(said.quantiles().getFirst(), said.quantiles().getLast());
    int horizon = data.config().horizon();
    score(
        part,
        (origin, target, number, outputs, at, newest) -> {
          long row = origin + horizon;
          if (row >= first && target == 0 && number == last) {
            rows.add(row);
            truth.add(data.truth(row, 0));
            predictions.add(said.point(outputs, at, 0, last, newest));
            if (band != null) {
              double[] quantiles = said.quantiles(outputs, at, 0, last, newest);
              band.add(quantiles[0], quantiles[levels - 1]);
            }
          }
        });
    if (!rows.isEmpty()) {
      String title =
          "%s part, %s step%s ahead"
              .formatted(tests ? "Test" : "Validation", horizon, horizon == 1 ? "" : "s");
      String name = data.targets().getFirst().name();
      Charts.forecast(png, title, name, data.axis(), rows, truth, rows, predictions, band);
    }
  }
}
