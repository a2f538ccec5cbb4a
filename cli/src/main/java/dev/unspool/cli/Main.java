// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.report.ResultStream;
import dev.unspool.cli.report.Unwritable;
import dev.unspool.cli.run.UsageException;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Entry point of the {@code unspool} command. */
@Command(
    name = "unspool",
    header = "Trains recurrent networks by truncated backpropagation through time.",
    subcommands = {
      Train.class,
      Resume.class,
      Evaluate.class,
      ForecastCommand.class,
      Fit.class,
      Simulate.class,
      Generate.class,
      ReportCommand.class,
      Export.class,
      Compare.class,
      OnlineCommand.class,
      SearchCommand.class,
      Info.class,
      Completion.class
    },
    versionProvider = Main.Version.class,
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool train --csv examples/sunspots-monthly.csv --target sunspots",
      "  unspool forecast runs/sunspots-monthly --steps 24",
      "  unspool fit --csv plant.csv --input u --target y",
      "  unspool train --text novel.txt --out runs/novel",
      "  unspool generate runs/novel --length 500",
      "",
      "Two more are not part of the program itself, but of the directory that it was built in:",
      "  unspool bench             measures how fast it is, beside PyTorch and JAX (bench --help)",
      "  unspool run FILE.java     runs a Java program of yours against the library",
      "",
      "Exit codes: 0 done, 1 failed, 2 a word of the command line makes no sense, 141 the reader of",
      "the results has gone.",
    })
public final class Main implements Runnable {
  /** What a JVM puts in the place of bytes of the command line that it cannot read. */
  private static final char UNREADABLE = '\ufffd';

  @Spec private CommandSpec spec = CommandSpec.create();

  @SuppressWarnings("UnusedVariable") // picocli sets it and acts on it
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @SuppressWarnings("UnusedVariable") // picocli sets it and acts on it
  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  private boolean version;

  private Main() {}

  /**
   * Runs the command and ends the process.
   *
   * @param args the words of the command line
   */
  public static void main(String[] args) {
    Stderr.restore();
    // Ours is written for no locale; the libraries' shall be so too.
    Locale.setDefault(Locale.ROOT);
    CommandLine command = commandLine();
    int status = execute(command.setOut(ResultStream.stdout()), args);
    // Only when needed: System.exit starts the logging system, which delays the help noticeably.
    if (status != 0) {
      System.exit(status);
    }
  }

  /** The command with everything it can do. */
  static CommandLine commandLine() {
    var command = new CommandLine(new Main());
    var errors = new Errors();
    Choices.register(command);
    return command
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(
                Terminal.isColourful(Terminal.isStdout()) ? Ansi.ON : Ansi.OFF))
        .setUsageHelpWidth(Terminal.helpColumns())
        .setExecutionStrategy(Main::run)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors);
  }

  /**
   * Help is no command: what goes wrong there does not go to the handler of what commands throw.
   */
  private static int run(ParseResult parsed) {
    try {
      return Repeats.run(parsed);
    } catch (Unwritable e) {
      return new Errors().handle(e, parsed.commandSpec().commandLine());
    }
  }

  /** Runs it; picocli passes errors of the JVM on, such as a lack of memory. */
  static int execute(CommandLine command, String... args) {
    for (String word : args) {
      if (word.indexOf(UNREADABLE) >= 0) {
        return new Errors().handle(unreadable(word), command);
      }
    }
    try {
      int status = command.execute(args);
      command.getOut().flush();
      return status;
    } catch (OutOfMemoryError | Unwritable e) {
      return new Errors().handle(e, command);
    }
  }

  private static UsageException unreadable(String word) {
    String charset = System.getProperty("sun.jnu.encoding", "unknown");
    return new UsageException(
        "'%s' is not in the charset of the locale, which is %s; with LC_ALL=C.UTF-8, words in UTF-8 can be read"
            .formatted(word, charset));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** Reads the version from the manifest of the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    static String number() {
      String version = Main.class.getPackage().getImplementationVersion();
      return version == null ? "(development)" : version;
    }

    @Override
    public String[] getVersion() {
      return new String[] {"unspool " + number()};
    }
  }
}
