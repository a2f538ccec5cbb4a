// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of the {@code unspool} command. */
@Command(
    name = "unspool",
    description = "Trains recurrent networks by truncated backpropagation through time.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
public final class Main {
  private Main() {}

  /**
   * Runs the command and ends the process.
   *
   * @param args the words of the command line
   */
  public static void main(String[] args) {
    Stderr.restore();
    int status = new CommandLine(new Main()).execute(args);
    // Only when needed: System.exit starts the logging system, which delays the help noticeably.
    if (status != 0) {
      System.exit(status);
    }
  }

  /** Reads the version from the manifest of the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"unspool " + (version == null ? "(development)" : version)};
    }
  }
}
