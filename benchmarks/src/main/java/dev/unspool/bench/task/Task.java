// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.task;

import dev.unspool.engine.BlockSource;
import dev.unspool.loss.Loss;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;

/** Something to be learned, with data to train on, to choose by, and to be judged by. */
interface Task extends AutoCloseable {
  /** In a word or two: {@code copy}. */
  String name();

  /** What {@link #test} gives, which is to be small: {@code RMSE}. */
  String measure();

  /** What can be said without a network, or not be beaten by one: {@code persistence 23.1}. */
  String reference();

  /** What goes in. */
  Input input();

  /** Width of what comes out. */
  int outputs();

  /** What is made small. */
  Loss loss();

  /** A network of one layer for it. */
  default Network network(Cell cell, int hidden) {
    return new Network(NetworkSpec.of(cell, input(), hidden, outputs()));
  }

  /**
   * What is trained on.
   *
   * @param seed of data that is made up as it is read
   */
  BlockSource training(int lanes, long seed);

  /** The loss on what is neither trained on nor tested on. */
  double validate(Model model, Parameters theta);

  /** The error on what nothing was chosen by. */
  double test(Model model, Parameters theta);

  @Override
  default void close() {}
}
