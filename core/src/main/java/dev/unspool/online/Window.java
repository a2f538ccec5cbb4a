// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.loss.Loss;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import java.util.Arrays;
import java.util.List;

/**
 * A key that has no tape of its own: the state before its window, what went in since, and the
 * newest state. To learn, the window is run again on the tape of all keys, under the weights of
 * today, which is what {@link dev.unspool.model.WeightPolicy#REPLAY} means. So a key is as large as
 * its window's inputs and two states, and a change of weights costs it nothing.
 */
final class Window implements Memory {
  private final SharedTape shared;
  private final float[] inputs;
  private final boolean[] begins;

  /** As the oldest step of the window has found it. */
  private final State oldest;

  private final State newest;
  private int held;

  Window(SharedTape shared) {
    this.shared = shared;
    this.inputs = new float[shared.room() * shared.width()];
    this.begins = new boolean[shared.room()];
    this.oldest = shared.zeros();
    this.newest = shared.zeros();
  }

  @Override
  public void touch() {}

  @Override
  public Steps step(Steps input, boolean beginning) {
    if (held == shared.room() && !slide()) {
      oldest.set(newest); // today's weights lose what is before the window: it begins anew
      held = 0;
    }
    return shared.step(newest, input, beginning);
  }

  @Override
  public State tried() {
    return shared.tried();
  }

  @Override
  public void keep() {
    System.arraycopy(shared.input(), 0, inputs, held * shared.width(), shared.width());
    begins[held] = shared.beginning();
    held++;
    newest.set(shared.tried());
  }

  @Override
  public void drop() {} // nothing of it was taken over

  /** Lets steps before the window fall off, if what they leave is a state. */
  private boolean slide() {
    boolean possible = pass();
    if (possible) {
      fallOff();
    }
    return possible;
  }

  /** Steps before the window. */
  private int before() {
    return Math.max(0, held - shared.window());
  }

  /** Runs the steps before the window under today's weights, for what they leave. */
  private boolean pass() {
    return shared.pass(oldest, inputs, begins, before());
  }

  private void fallOff() {
    int steps = before();
    oldest.set(shared.passed());
    held -= steps;
    System.arraycopy(inputs, steps * shared.width(), inputs, 0, held * shared.width());
    System.arraycopy(begins, steps, begins, 0, held);
  }

  @Override
  public boolean recall() {
    if (!pass()) {
      return false;
    }
    shared.run(shared.passed(), inputs, begins, before(), held());
    return true;
  }

  @Override
  public void settle() {
    fallOff();
    shared.settle(newest);
  }

  @Override
  public int held() {
    return Math.min(held, shared.window());
  }

  @Override
  public int known() {
    return held();
  }

  @Override
  public Loss loss() {
    return shared.loss();
  }

  @Override
  public Steps outputs(int count) {
    return shared.outputs(count);
  }

  @Override
  public void backward(int depth, List<Adjoint> adjoints) {
    shared.backward(depth, adjoints);
  }

  @Override
  public void save(Snapshot snapshot) {
    snapshot.put("inputs", Arrays.copyOf(inputs, held * shared.width()));
    long[] beginnings = new long[held];
    for (int i = 0; i < held; i++) {
      beginnings[i] = begins[i] ? 1 : 0;
    }
    snapshot.put("begins", beginnings);
    oldest.save(snapshot.in("oldest"));
    newest.save(snapshot.in("newest"));
  }

  @Override
  public void load(Snapshot snapshot) {
    float[] stored = snapshot.floats("inputs");
    long[] beginnings = snapshot.longs("begins");
    if (beginnings.length > shared.room() || stored.length != beginnings.length * shared.width()) {
      throw new IllegalArgumentException(
          ("a window of %s steps and %s inputs is stored, expected at most %s steps of %s; the"
                  + " snapshot was written with other settings")
              .formatted(beginnings.length, stored.length, shared.room(), shared.width()));
    }
    oldest.load(snapshot.in("oldest"));
    newest.load(snapshot.in("newest"));
    System.arraycopy(stored, 0, inputs, 0, stored.length);
    held = beginnings.length;
    for (int i = 0; i < held; i++) {
      begins[i] = beginnings[i] != 0;
    }
  }

  @Override
  public void forget() {}
}
