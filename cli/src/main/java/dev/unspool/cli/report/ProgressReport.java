// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

/** Shows how far training is. */
public sealed interface ProgressReport extends AutoCloseable permits ProgressLines, TerminalBar {

  /**
   * Shows the newest numbers.
   *
   * @param report the numbers
   * @param done fraction of the whole training, 0 to 1, or NaN if nobody knows
   * @param validation newest validation loss, NaN if there is none yet
   */
  void show(Report report, double done, double validation);

  /** Says that nothing is left to do, however early that is. */
  void complete();

  @Override
  void close();

  /** A bar on a terminal, plain lines elsewhere. */
  static ProgressReport on(Console console) {
    return console.terminal() && !console.quiet()
        ? new TerminalBar(console.err(), console.columns())
        : new ProgressLines(console);
  }
}
