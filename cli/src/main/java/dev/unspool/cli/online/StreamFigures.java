// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.baseline.OnlineBaselines;
import dev.unspool.cli.report.Labels;
import dev.unspool.cli.report.Numbers;
import dev.unspool.online.Judge;
import dev.unspool.score.Prequential;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a judge has to say, as figures. */
final class StreamFigures {
  private StreamFigures() {}

  /** The figures of each target and horizon. */
  static List<StreamStatus.Figures> of(Judge judge, List<String> targets, List<Integer> horizons) {
    var figures = new ArrayList<StreamStatus.Figures>();
    for (int target = 0; target < targets.size(); target++) {
      for (int i = 0; i < horizons.size(); i++) {
        Prequential of = judge.score(target, i);
        figures.add(
            new StreamStatus.Figures(
                targets.get(target),
                horizons.get(i),
                of.count(),
                errors(of, Prequential.Over.LATELY),
                errors(of, Prequential.Over.EVERYTHING),
                judge.drift(target, i).level(),
                judge.drift(target, i).alarms()));
      }
    }
    return figures;
  }

  private static StreamStatus.Errors errors(Prequential of, Prequential.Over over) {
    var baselines = new LinkedHashMap<String, @Nullable Double>();
    for (OnlineBaselines.Kind kind : OnlineBaselines.Kind.values()) {
      baselines.put(Labels.of(kind), Numbers.finite(of.mae(Judge.forecaster(kind), over)));
    }
    return new StreamStatus.Errors(
        Numbers.finite(of.mae(0, over)),
        Numbers.finite(of.rmse(0, over)),
        Numbers.finite(of.relative(0, over)),
        Numbers.finite(of.mae(Judge.COMBINED, over)),
        baselines);
  }
}
