// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A forecast while it proceeds: the one way on, from whatever rows a stream has seen. Of each row
 * counts what was said of it by the newest row that was seen; from then on by the first of those
 * that read predictions, which is the one that looks farthest ahead.
 */
final class Continuation {
  private final RowModel model;
  private final Stream past;
  private final PredictedRows rows;
  private final Stream ahead;

  /** After some rows, which stay as they are. */
  Continuation(Stream past) {
    this.model = past.model();
    this.past = past;
    this.rows = new PredictedRows(past.rows(), model.targets(), past.row() + 1);
    this.ahead = past.ahead(rows);
  }

  /**
   * Predicts rows.
   *
   * @param first of them
   * @param end one after the last
   * @throws IllegalStateException if nothing can be said of a row
   */
  void run(long first, long end, Sampling sampling, Consumer<Prediction> each) {
    boolean draws =
        sampling.paths() > 0 && model.outputs().law() != Outputs.Law.VALUE && model.feedsBack();
    int nearest = model.outputs().horizons().get(0);
    List<Prediction> direct = new ArrayList<>();
    for (long of = first; of < end; of++) {
      if (draws && ahead.said(of) == null && of - nearest > past.row()) {
        new Paths(past, direct, sampling).run(of, end, each);
        return;
      }
      Prediction next = next(of);
      if (draws) {
        direct.add(next);
      }
      each.accept(next);
      rows.put(of, next.values());
    }
  }

  private Prediction next(long of) {
    boolean readsItsOwnRow = model.outputs().horizons().get(0) == 0;
    long seen = readsItsOwnRow ? of : of - 1; // of the rows before, everything is known by now
    Prediction next = ahead.said(of);
    while (next == null && ahead.row() < seen) {
      ahead.advance();
      rows.forget(ahead.row());
      next = ahead.said(of);
    }
    if (next == null) {
      throw new IllegalStateException(
          "nothing can be said of row %s yet: the model predicts %s rows ahead and was given %s; give it more first"
              .formatted(of, model.outputs().horizons(), past.row() + 1));
    }
    return next;
  }
}
