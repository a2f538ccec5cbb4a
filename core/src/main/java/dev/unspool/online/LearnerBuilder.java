// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.loss.Loss;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.WeightPolicy;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.optimizer.Optimizer;
import dev.unspool.predict.Outputs;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes an {@link OnlineLearner}. Unless something else is said: one target a row ahead, its
 * change predicted, robust running scales with a memory of 1000 records and a warm-up of 32,
 * TBPTT(1, 50), the mean squared error, Adam at a rate that rises to 4.3e-3 in 100 updates and
 * settles to 1e-3 within 7200, gradients clipped to a norm of 1, bands that hold 90 % of the
 * truths.
 *
 * <p>What a model draws at random in training, dropout and zoneout, it does not draw here: what is
 * learned from is what was predicted with.
 */
public final class LearnerBuilder {
  final Model model;
  final Parameters theta;
  int[] horizons = {1};
  int delay;
  int k1 = 1;
  int k2 = 50;
  boolean rtrl;
  @Nullable WeightPolicy policy;
  int keys = 100_000;
  int lanes = 64;
  Loss loss = new MeanSquaredError();
  Optimizer optimizer = new Adam();
  LearningRate rate = LearningRate.settling(5e-3, 100, 300, 1e-3);
  Clipping clipping = Clipping.byNorm(1);
  Scaling inputs = Scaling.robust(1000);
  Scaling targets = Scaling.robust(1000);
  @Nullable List<Outputs.Target> known;
  @Nullable Reference reference;
  boolean scalesPerKey;
  int warmUp = 32;
  double level = 0.9;
  int patience = 100;
  double stateLimit = 1e6;
  double driftFactor = 1;
  int driftUpdates;
  double spike = Double.POSITIVE_INFINITY;
  boolean rollBack;
  long gap = Long.MAX_VALUE;
  double memory = 1000;
  int season;
  int seasons = 1;
  int lags = 5;

  LearnerBuilder(Model model, Parameters theta) {
    if (!theta.layout().equals(model.parameters())) {
      throw new IllegalArgumentException(
          "the parameters have %s values in the layout of another model, this one has %s"
              .formatted(theta.layout().size(), model.parameters().size()));
    }
    this.model = model;
    this.theta = theta;
  }

  private static int require(String what, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s must be at least %s, found %s".formatted(what, least, value));
    }
    return value;
  }

  /**
   * How many rows ahead predictions are made, ascending; 0: of the row itself, from its inputs. The
   * model puts out, for each target, a value for each horizon.
   */
  public LearnerBuilder horizons(int... ahead) {
    boolean ascend = ahead.length > 0 && ahead[0] >= 0;
    for (int i = 1; i < ahead.length; i++) {
      ascend &= ahead[i] > ahead[i - 1];
    }
    if (!ascend) {
      throw new IllegalArgumentException(
          "horizons must be ascending and at least 0, found " + Arrays.toString(ahead));
    }
    horizons = ahead.clone();
    return this;
  }

  /**
   * How many rows later than it is due a truth may come and still be learned from; 0 unless said. A
   * truth of row r is due before row r + 1 is predicted from.
   */
  public LearnerBuilder delay(int rows) {
    delay = require("the delay", rows, 0);
    return this;
  }

  /**
   * TBPTT(k1, k2), both counted in rows of a key; (1, 50) unless said. Where truths are so few that
   * one waits longer than it may be late ({@link #delay}) for k1 of them, it is learned from before
   * it is forgotten; under {@link WeightPolicy#REPLAY}, up to k1 − 1 steps less deep.
   */
  public LearnerBuilder truncation(int everyK1, int lastK2) {
    k1 = require("k1", everyK1, 1);
    k2 = require("k2", lastK2, 1);
    return this;
  }

  /**
   * Real-time recurrent learning in place of a truncated sweep, for models in which each unit of
   * the state depends on itself alone: see {@link dev.unspool.rtrl.Rtrl}. Each key has a tape.
   */
  public LearnerBuilder rtrl() {
    rtrl = true;
    return this;
  }

  /**
   * What a sweep means after weights have changed, and with it how keys are remembered. Unless
   * said, {@link WeightPolicy#AS_APPLIED} where there is a single key, {@link WeightPolicy#REPLAY}
   * where there may be more.
   *
   * <p>Under {@code REPLAY}, a key is two states and the inputs of its window, which is run again
   * for each sweep; keys cost nothing else. Under the others, it has a tape of its own ({@link
   * #lanes}), with {@code AS_APPLIED} also all weights that its steps ran with.
   */
  public LearnerBuilder policy(WeightPolicy value) {
    policy = value;
    return this;
  }

  /**
   * The most keys that are remembered; 100 000 unless said. Who is heard least leaves, and is
   * forgotten: if it comes back it is a new key, whose rows are counted from 0 again, and a truth
   * of a row that it had before is refused, or taken for one of the row that has its number now.
   */
  public LearnerBuilder keys(int most) {
    keys = require("the number of keys", most, 1);
    return this;
  }

  /**
   * The most tapes that keys have at the same time where they have tapes of their own; 64 unless
   * said. Who is heard least is stored until it comes back.
   */
  public LearnerBuilder lanes(int most) {
    lanes = require("the number of lanes", most, 1);
    return this;
  }

  /**
   * What is made small, in scaled units; a loss that takes a value for each prediction, and whose
   * outputs are, before all else, such values. {@link dev.unspool.loss.Bernoulli} and {@link
   * dev.unspool.loss.SoftmaxCrossEntropy}, whose outputs are logits, are refused.
   */
  public LearnerBuilder loss(Loss value) {
    loss = value;
    return this;
  }

  /** The update rule. */
  public LearnerBuilder optimizer(Optimizer value) {
    optimizer = value;
    return this;
  }

  /**
   * The learning rate of each update; {@link LearningRate#settling settling(5e-3, 100, 300, 1e-3)}
   * unless said. The epoch is always 1.
   */
  public LearnerBuilder learningRate(LearningRate value) {
    rate = value;
    return this;
  }

  /** What is done to a gradient that is large. */
  public LearnerBuilder clipping(Clipping value) {
    clipping = value;
    return this;
  }

  /** How inputs are scaled. */
  public LearnerBuilder inputs(Scaling value) {
    inputs = value;
    return this;
  }

  /** How targets are scaled. */
  public LearnerBuilder targets(Scaling value) {
    targets = value;
    known = null;
    return this;
  }

  /** What outputs mean, if that is fixed, as it is for weights that were trained before. */
  public LearnerBuilder targets(List<Outputs.Target> fixed) {
    known = List.copyOf(fixed);
    targets = Scaling.none();
    return this;
  }

  /**
   * What the model's outputs are relative to. Unless said, the newest value of the target where all
   * horizons lie ahead and scales run, else its mean. Where what outputs mean is fixed, that
   * counts.
   */
  public LearnerBuilder relativeTo(Reference value) {
    reference = value;
    return this;
  }

  /** Gives each key scales of its own; else all keys have the same. */
  public LearnerBuilder scalesPerKey() {
    scalesPerKey = true;
    return this;
  }

  /** How many records, and truths, only make scales before the model steps; 32 unless said. */
  public LearnerBuilder warmUp(int records) {
    warmUp = require("the warm-up", records, 0);
    return this;
  }

  /** Share of truths that bands shall hold, between 0 and 1; 0.9 unless said. */
  public LearnerBuilder bands(double share) {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException(
          "bands hold a share of truths between 0 and 1, found " + share);
    }
    level = share;
    return this;
  }

  /** How many incidents in a row end it ({@link IncidentsException}); 100 unless said. */
  public LearnerBuilder stopAfter(int incidents) {
    patience = require("the number of incidents", incidents, 1);
    return this;
  }

  /**
   * Passes over a sweep whose loss is far larger than losses lately; none is, unless said.
   *
   * @param factor by which it is larger than their mean, above 1
   * @param rollBack whether to go back to weights and moments of some 500 to 1000 updates before,
   *     of which copies are kept now and then
   */
  public LearnerBuilder onSpike(double factor, boolean rollBack) {
    if (!(factor > 1)) {
      throw new IllegalArgumentException(
          "a spike is a loss larger by a factor above 1, found " + factor);
    }
    spike = factor;
    this.rollBack = rollBack;
    return this;
  }

  /**
   * Raises the learning rate for a while when the test for drift says that errors have grown
   * ({@link Judge#drift}); it stays as it is, unless said.
   *
   * @param factor by which, at least 1
   * @param updates for how many
   */
  public LearnerBuilder onDrift(double factor, int updates) {
    if (!(factor >= 1 && factor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a learning rate is raised by a finite factor of at least 1, found " + factor);
    }
    driftFactor = factor;
    driftUpdates = require("the updates at a raised rate", updates, 1);
    return this;
  }

  /** Euclidean norm that the state may not exceed; a million unless said. */
  public LearnerBuilder stateLimit(double norm) {
    if (!(norm > 0)) {
      throw new IllegalArgumentException("the limit of the state must be above 0, found " + norm);
    }
    stateLimit = norm;
    return this;
  }

  /**
   * Lets a new sequence begin where the time of a key's record is later than that of the one before
   * by more than this; never unless said. It is seen when the record is predicted from: a truth of
   * the same row that is told before counts as one of the old sequence, unless {@link
   * OnlineLearner#begin} was called before it.
   */
  public LearnerBuilder beginAfter(long time) {
    if (time < 0) {
      throw new IllegalArgumentException("a gap in time must be at least 0, found " + time);
    }
    gap = time;
    return this;
  }

  /** Rows after which a season comes again, for the seasonal baseline; 0, none, unless said. */
  public LearnerBuilder season(int rows) {
    season = require("a season", rows, 0);
    return this;
  }

  /**
   * How many of the newest seasons the linear baseline reads, each key keeping as many; 1 unless
   * said.
   */
  public LearnerBuilder seasons(int newest) {
    seasons = require("the number of seasons", newest, 1);
    return this;
  }

  /** How many of the newest values the linear baseline reads; 5 unless said. */
  public LearnerBuilder lags(int newest) {
    lags = require("the number of lags", newest, 1);
    return this;
  }

  /**
   * Memory of baselines, errors and the test for drift in records, at least 2; 1000 unless said.
   */
  public LearnerBuilder judgedOver(double records) {
    if (!(records >= 2)) {
      throw new IllegalArgumentException(
          "judging needs a memory of at least 2 records, found " + records);
    }
    memory = records;
    return this;
  }

  /**
   * The learner, which knows no key yet. Its memory does not grow from then on but by keys.
   *
   * @throws IllegalArgumentException if the loss is one that is refused, or if what the model puts
   *     out is not a value of each target for each horizon
   */
  public OnlineLearner build() {
    return new OnlineLearner(this);
  }

  WeightPolicy weights() {
    if (policy != null) {
      return policy;
    }
    return keys == 1 ? WeightPolicy.AS_APPLIED : WeightPolicy.REPLAY;
  }

  Reference reference() {
    if (reference != null) {
      return reference;
    }
    boolean moves = horizons[0] > 0 && targets instanceof Scaling.Running && known == null;
    return moves ? Reference.NEWEST : Reference.MEAN;
  }
}
