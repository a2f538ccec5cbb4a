// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.report.Console;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command understands. */
final class CommonOptions {
  @Spec(Spec.Target.MIXEE)
  CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "Print the result as JSON, and nothing else, to stdout.")
  boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "No progress, only results and errors.")
  boolean quiet;

  @Option(
      names = "--debug",
      description = "Show where in the program an error came from; also with UNSPOOL_DEBUG=1.")
  boolean debug;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  Console console() {
    CommandLine command = spec.commandLine();
    return new Console(
        command.getOut(),
        command.getErr(),
        quiet,
        Terminal.isStdout(),
        Terminal.isStderr() && Terminal.canMove(),
        Terminal::columnsNow);
  }
}
