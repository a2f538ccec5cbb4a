// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import picocli.CommandLine.ArgGroup;

/** What is learned, by what, and how. */
final class LearningOptions {
  /** Where what is learned begins in a help text. */
  static final String DATA = "%nData:%n";

  @ArgGroup(validate = false, heading = DATA, order = 1)
  DataOptions data = new DataOptions();

  @ArgGroup(validate = false, heading = "%nNetwork:%n", order = 2)
  NetworkOptions network = new NetworkOptions();

  @ArgGroup(validate = false, heading = "%nTraining:%n", order = 3)
  TrainingOptions training = new TrainingOptions();
}
