// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.report.Reason;
import dev.unspool.cli.report.Unwritable;
import dev.unspool.cli.report.Visible;
import dev.unspool.cli.run.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Says what went wrong on one line. */
final class Errors implements IExecutionExceptionHandler, IParameterExceptionHandler {

  /** What a shell says of a command that SIGPIPE has ended. */
  private static final int READER_IS_GONE = 141;

  /** A word of the command line makes no sense. */
  @Override
  public int handleParseException(ParameterException exception, String[] args) {
    CommandLine command = exception.getCommandLine();
    String message = oneLine(String.valueOf(exception.getMessage()));
    print(command, message + hint(command));
    return CommandLine.ExitCode.USAGE;
  }

  /** A command failed. */
  @Override
  public int handleExecutionException(
      Exception exception, CommandLine command, ParseResult parsed) {
    return handle(exception, command);
  }

  int handle(Throwable thrown, CommandLine command) {
    if (thrown instanceof Unwritable unwritable && unwritable.readerIsGone()) {
      return READER_IS_GONE;
    }
    boolean usage = thrown instanceof UsageException;
    print(command, oneLine(describe(thrown, command)) + (usage ? hint(command) : ""));
    if (isDebugging(command)) {
      thrown.printStackTrace(command.getErr());
      command.getErr().flush();
    }
    return usage ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
  }

  private static boolean isDebugging(CommandLine command) {
    ParseResult parsed = command.getParseResult();
    return "1".equals(System.getenv("UNSPOOL_DEBUG"))
        || (parsed != null && parsed.matchedOptionValue("--debug", false));
  }

  private static String hint(CommandLine command) {
    return "; see '%s --help'".formatted(command.getCommandSpec().qualifiedName());
  }

  private static void print(CommandLine command, String message) {
    PrintWriter err = command.getErr();
    Ansi ansi = Terminal.isColourful(Terminal.isStderr()) ? Ansi.ON : Ansi.OFF;
    err.println(
        CommandLine.Help.defaultColorScheme(ansi).errorText("unspool: ") + Visible.line(message));
    err.flush();
  }

  private static String oneLine(String message) {
    return String.join(" ", message.lines().map(String::strip).toList());
  }

  /** What helps depends on the command. */
  private static String describe(Throwable thrown, CommandLine command) {
    String message = describe(thrown);
    ParseResult parsed = command.getParseResult();
    while (parsed != null && parsed.hasSubcommand()) {
      parsed = parsed.subcommand();
    }
    String name = parsed == null ? "" : parsed.commandSpec().name();
    if (thrown instanceof OutOfMemoryError) {
      String less =
          switch (name) {
            case "train", "resume" ->
                "use fewer --lanes, a smaller --k2, --hidden or --vocabulary, or ";
            case "search" -> "use --parallel 1, fewer --lanes, a smaller --k2 or --hidden, or ";
            case "fit", "simulate" -> "use fewer rows, a smaller --hidden or shorter delays, or ";
            case "forecast" -> "use fewer --steps or a shorter table, or ";
            default -> "";
          };
      return "%s; %sgive the JVM more with UNSPOOL_JAVA_OPTS=-Xmx8g".formatted(message, less);
    }
    boolean full = thrown instanceof IOException && message.contains("No space left");
    boolean trains = name.equals("train") || name.equals("resume");
    if (full && name.equals("search")) {
      return message + "; what was done is kept: free some space, then the same command goes on";
    }
    return full && trains
        ? message + "; the last checkpoint is untouched: free some space, then 'unspool resume'"
        : message;
  }

  /** One line about an exception; those of the JDK often say only a file's name. */
  static String describe(Throwable thrown) {
    String message = String.valueOf(thrown.getMessage());
    return switch (thrown) {
      case CharacterCodingException _ -> "the text is not UTF-8; convert it first";
      case FileSystemException e -> Reason.named(e);
      case Unwritable _ -> message;
      case UncheckedIOException e when e.getCause() != null -> describe(e.getCause());
      case IOException _ -> message;
      case OutOfMemoryError _ -> "out of memory";
      case UsageException _, IllegalArgumentException _ -> message;
      case IllegalStateException _ -> message;
      default -> "%s; run with --debug to see where".formatted(thrown);
    };
  }
}
