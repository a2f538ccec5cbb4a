// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.stream;

import dev.unspool.baseline.OnlineBaselines;
import dev.unspool.baseline.SeasonInputs;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.online.OnlineLearner;
import dev.unspool.online.Scaling;
import dev.unspool.optimizer.Adam;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Forecasts of every row of a stream, each made before the row was learned from. */
final class StreamStudy {
  /** Who forecasts, in the order of what is said; ours is the first. */
  static final List<String> FORECASTERS =
      List.of("network", "persistence", "running mean", "season", "online AR", "kNN");

  private static final String KEY = "";
  private static final int LAGS = 12;
  private static final int SEASONS = 4;
  private static final int NEIGHBOURS = 5;
  private static final int WINDOW = 48;
  private static final int AFTER_DRIFT = 300;

  private final double[] values;
  private final StreamSetting setting;

  /** What the network is told at each row; of those to come nothing. */
  private final double[][] inputs;

  StreamStudy(double[] values, StreamSetting setting) {
    this.values = values;
    this.setting = setting;
    this.inputs = new double[values.length][];
  }

  /**
   * What the network says, which begins with the weights of a seed, alone and combined with the
   * baselines.
   *
   * @return of both, for each horizon and row, what was said of that row; NaN before anything was
   */
  double[][][] network(long seed) {
    int[] horizons = setting.horizons();
    double[][][] said = {nothing(), nothing()};
    var seasons = new SeasonInputs(setting.seasons(), horizons);
    int count = 1 + seasons.count();
    var random = new Random(seed);
    var spec = NetworkSpec.of(setting.cell(), count, setting.hidden(), horizons.length);
    var network = new Network(spec);
    var theta = network.initialise(random);
    var rehearsals = new Rehearsals(setting.rehearsals(), random);
    try (var learner =
        OnlineLearner.builder(network, theta)
            .horizons(horizons)
            .keys(1 + setting.rehearsals())
            .truncation(1, setting.k2())
            .optimizer(Adam.withDecoupledDecay(setting.decay()))
            .learningRate(setting.rate())
            .onDrift(setting.driftRate(), AFTER_DRIFT)
            .inputs(Scaling.robust(setting.memory()))
            .targets(Scaling.robust(setting.memory()))
            .loss(setting.loss())
            .relativeTo(setting.reference())
            .season(setting.seasons()[0])
            .seasons(SEASONS)
            .lags(LAGS)
            .judgedOver(setting.memory())
            .build()) {
      double[] truth = new double[1];
      for (int row = 0; row < values.length; row++) {
        truth[0] = values[row];
        seasons.add(values[row]);
        inputs[row] = new double[count];
        inputs[row][0] = values[row];
        seasons.write(inputs[row], 1);
        learner.learn(KEY, row, truth);
        rehearsals.learn(learner, row);
        var prediction = learner.predict(KEY, inputs[row]);
        for (int h = 0; h < horizons.length; h++) {
          say(said[0], h, row, prediction.value(0, h));
          say(said[1], h, row, prediction.combined(0, h));
        }
      }
    }
    return said;
  }

  /** What the baselines and the neighbours say, in the order of {@link #FORECASTERS}. */
  double[][][] others() {
    int[] horizons = setting.horizons();
    double[][][] said = new double[FORECASTERS.size() - 1][][];
    Arrays.setAll(said, _ -> nothing());
    int furthest = horizons[horizons.length - 1];
    var settings =
        new OnlineBaselines.Settings(
            setting.memory(), setting.seasons()[0], LAGS, furthest, SEASONS);
    var baselines = OnlineBaselines.alone(settings, horizons);
    var neighbours = new NearestWindows(WINDOW, NEIGHBOURS);
    double[] all = new double[horizons.length * OnlineBaselines.KINDS];
    double[] near = new double[horizons.length];
    for (int row = 0; row < values.length; row++) {
      baselines.learn(row, values[row]);
      baselines.predict(row, all, 0);
      neighbours.add(values[row]);
      neighbours.predict(horizons, near);
      for (int h = 0; h < horizons.length; h++) {
        for (int kind = 0; kind < OnlineBaselines.KINDS; kind++) {
          say(said[kind], h, row, all[h * OnlineBaselines.KINDS + kind]);
        }
        say(said[OnlineBaselines.KINDS], h, row, near[h]);
      }
    }
    return said;
  }

  private double[][] nothing() {
    double[][] said = new double[setting.horizons().length][values.length];
    for (double[] each : said) {
      Arrays.fill(each, Double.NaN);
    }
    return said;
  }

  private void say(double[][] said, int horizon, int row, double value) {
    int of = row + setting.horizons()[horizon];
    if (of < values.length) {
      said[horizon][of] = value;
    }
  }

  /**
   * Experience replay (Lin, "Self-improving reactive agents", 1992) by nothing but keys: each is a
   * walk through the past beside the stream itself, from a place drawn at random to another.
   */
  private final class Rehearsals {
    private static final int ROWS = 200;

    private final int[] places;
    private final Random random;

    Rehearsals(int count, Random random) {
      this.places = new int[count];
      this.random = random;
    }

    void learn(OnlineLearner learner, int now) {
      int first = Arrays.stream(setting.seasons()).max().orElse(0);
      if (now <= first + 1) {
        return;
      }
      double[] truth = new double[1];
      for (int i = 0; i < places.length; i++) {
        String key = "past " + i;
        if (places[i] == 0 || places[i] >= now || random.nextInt(ROWS) == 0) {
          places[i] = first + random.nextInt(now - first);
          learner.begin(key);
        }
        int place = places[i]++;
        truth[0] = values[place];
        learner.learn(key, learner.rows(key), truth);
        var _ = learner.predict(key, inputs[place]);
      }
    }
  }
}
