// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.unspool.cli.report.JsonFile;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.FinalFigures;
import dev.unspool.cli.run.FreeRunFigures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How well a model does: {@code metrics.json}.
 *
 * @param train the training part
 * @param valid the validation part, if there is one
 * @param test the test part, if there is one
 * @param iterations of the start that did best
 * @param bestIteration the one whose weights were kept; null in files that do not say it
 * @param stopReason why the fit ended
 * @param seconds that the fit took
 * @param start the start that did best, from 1
 * @param parameters number of weights
 * @param advice what the stop reason means
 * @param standardErrors what is known of the weights
 */
public record FitFigures(
    FreeRunFigures train,
    @Nullable FreeRunFigures valid,
    @Nullable FreeRunFigures test,
    int iterations,
    @Nullable Integer bestIteration,
    String stopReason,
    double seconds,
    int start,
    int parameters,
    String advice,
    String standardErrors)
    implements FinalFigures {

  /** Checks that there is what there always is. */
  public FitFigures {
    FitFolder.requireSaid("train", train);
    FitFolder.requireSaid("stop_reason", stopReason);
  }

  @Override
  public List<String> describe() {
    var lines = new ArrayList<String>(train.describe("train"));
    if (valid != null) {
      lines.addAll(valid.describe("validation"));
    }
    if (test != null) {
      lines.addAll(test.describe("test"));
    }
    lines.add(ending());
    return lines;
  }

  /**
   * Reads the figures of a fit of a NARX model.
   *
   * @throws IOException with one line, if they are not what was written
   */
  public static FitFigures read(Path file) throws IOException {
    JsonFile stored = JsonFile.read(file, "");
    stored.requireUnchanged();
    return stored.as(FitFigures.class);
  }

  /** Why the fit ended, and after how many iterations. */
  String ending() {
    return "%s of start %s, %s: %s"
        .formatted(
            Numbers.count(iterations, "iteration"), start, Advice.ending(stopReason), advice);
  }

  /** One line; what is not known is null. */
  public String json() {
    var json = new JsonObject();
    json.add("train", train.json());
    if (valid != null) {
      json.add("valid", valid.json());
    }
    json.add("test", test == null ? JsonNull.INSTANCE : test.json());
    json.addProperty("iterations", iterations);
    json.addProperty("stop_reason", stopReason);
    json.addProperty("seconds", seconds);
    return json.toString();
  }
}
