// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.bench.stream.StreamCommand;
import dev.unspool.network.Cell;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code unspool bench}, which the launcher starts from here: nothing else needs the peers. */
@Command(
    name = "unspool bench",
    subcommands = {OnlineCommand.class, StreamCommand.class, TasksCommand.class},
    header = "Measure how fast it is, beside this machine's peak, PyTorch and JAX.",
    description = {
      "",
      "A shape is h64-l1-k1-20: hidden units, lanes, k1 and k2. Before it gru-, rnn-tanh- or the"
          + " like for another cell than the LSTM; behind it -x2 for two layers, -v10000 for a"
          + " vocabulary, -adam for an update after every sweep (-adam-current, -adam-replay: with"
          + " that weight policy). Times are per update, and per step where k1 is above 1."
    },
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nMore:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool bench",
      "  unspool bench --shape h128-l32-k1-20 --peers",
      "  unspool bench --shape h128-l32-k20-20 --threads 2 --json",
      "  unspool bench --cells --markdown",
      "  unspool bench --scaling --seconds 0.3 --markdown --picture scaling.png",
      "  unspool bench jmh Kernel -prof gc      JMH, with options of its own: -h lists them",
    })
public final class Main implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--shape",
      paramLabel = "NAME",
      description = "What to measure; may be given several times. Default: the table of the docs.")
  private List<String> shapes = new ArrayList<>();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads, of ours and of the peers. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1")
  private int threads;

  @Option(
      names = "--peers",
      description =
          "Measure the same work done by libtorch in this JVM, and by PyTorch and JAX where python3"
              + " has them; gradients are compared first.")
  private boolean peers;

  @Option(
      names = "--cells",
      description =
          "Measure each shape with every built-in cell, beside the LSTM and the same cell written in"
              + " PyTorch: the time that the processor works, on one thread. Default shapes:"
              + " h64-l1-k20-20 and h128-l32-k20-20.")
  private boolean cells;

  @Option(
      names = "--compile",
      description =
          "With --cells, also PyTorch's written cells by torch.compile, which takes up to a minute"
              + " for each.")
  private boolean compile;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description =
          "With --cells, how often the whole list is gone through, of which the best time counts."
              + " Default: ${DEFAULT-VALUE}.",
      defaultValue = "2")
  private int rounds;

  @Option(
      names = "--python",
      paramLabel = "COMMAND",
      description = "The Python that has PyTorch and JAX. Default: ${DEFAULT-VALUE}.",
      defaultValue = "python3")
  private String python = "python3";

  @Option(
      names = "--jacobian",
      description =
          "Measure derivatives of every step instead, beside separate sweeps of libtorch, on one"
              + " thread.")
  private boolean jacobian;

  @Option(
      names = "--scaling",
      description =
          "Measure instead how time grows with units, lanes, k2 and threads (up to those of this"
              + " machine), beside the least it must take: all operations at the peak, or all"
              + " weights and gradients through the caches.")
  private boolean scaling;

  @Option(
      names = "--picture",
      paramLabel = "FILE",
      description = "With --scaling, draw it into this PNG.")
  private @Nullable Path picture;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "How long each contender is measured per shape. Default: ${DEFAULT-VALUE}.",
      defaultValue = "2")
  private double seconds;

  @Option(
      names = "--processors",
      paramLabel = "LIST",
      description =
          "Processors to pin everything of a row to, as many as threads, e.g. 0,2-3. Default: the"
              + " first that share no core.")
  private @Nullable String processors;

  @Option(names = OwnJvm.IN_PLACE, hidden = true)
  private boolean inPlace;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Option(names = "--markdown", description = "Print a table as in docs/performance.md.")
  private boolean markdown;

  @SuppressWarnings("UnusedVariable") // picocli sets it and acts on it
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private Main() {}

  /** Runs the command and ends the process. */
  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    if (args.length > 0 && args[0].equals("jmh")) {
      org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
      return;
    }
    var stdout = new Stdout(new FileOutputStream(FileDescriptor.out));
    System.setOut(new PrintStream(stdout, true, System.out.charset()));
    System.exit(execute(commandLine(), args));
  }

  /** Runs it to its end, which is when everything is written. */
  static int execute(CommandLine command, String... args) {
    try {
      int status = command.execute(args);
      command.getOut().flush();
      return status;
    } catch (UncheckedIOException e) {
      return fail(command, e, CommandLine.ExitCode.SOFTWARE);
    }
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setExecutionStrategy(Main::run)
        .setParameterExceptionHandler(
            (e, _) -> fail(e.getCommandLine(), e, CommandLine.ExitCode.USAGE))
        .setExecutionExceptionHandler(
            (e, command, _) -> fail(command, e, CommandLine.ExitCode.SOFTWARE));
  }

  /**
   * Help is no command: what goes wrong there does not go to the handler of what commands throw.
   */
  private static int run(ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (UncheckedIOException e) {
      return fail(parsed.commandSpec().commandLine(), e, CommandLine.ExitCode.SOFTWARE);
    }
  }

  private static int fail(CommandLine command, Exception e, int status) {
    if (Stdout.readerIsGone(e)) {
      return Stdout.READER_IS_GONE;
    }
    boolean usage = status == CommandLine.ExitCode.USAGE;
    command
        .getErr()
        .printf(
            "unspool: %s%s%n",
            e.getMessage(),
            usage ? "; see '%s --help'".formatted(command.getCommandSpec().qualifiedName()) : "");
    command.getErr().flush();
    return status;
  }

  @Override
  public Integer call() throws IOException {
    Bench bench = bench();
    List<Integer> which = processors();
    if (inPlace) {
      measure(bench, which);
      return 0;
    }
    if (picture != null && !scaling) {
      throw usage("--picture draws what --scaling measures; name both", null);
    }
    if (json && markdown) {
      throw usage("--json and --markdown exclude each other; name one of them", null);
    }
    if (rounds < 1) {
      throw usage("--rounds must be at least 1, found " + rounds, null);
    }
    if (cells && threads > 1) {
      throw usage("--cells is for one thread, found --threads " + threads, null);
    }
    if (scaling) {
      return scale(which);
    }
    if (jacobian && (threads > 1 || cells || peers || json || markdown || !shapes.isEmpty())) {
      throw usage(
          "--jacobian has a shape, a thread, peers and a table of its own; leave out --shape,"
              + " --threads, --peers, --cells, --json and --markdown",
          null);
    }
    int wide = jacobian ? 1 : threads;
    if (!which.isEmpty() && which.size() != wide) {
      throw usage(
          "--processors names %s processors for %s threads; name as many as threads"
              .formatted(which.size(), wide),
          null);
    }
    var pinning = Pinning.of(wide, which);
    var output = new Output(System.out, format(), wide, pinning);
    var jvm = new OwnJvm(pinning);
    output.begin();
    if (jacobian) {
      jvm.run(List.of("--jacobian", "--seconds", Double.toString(seconds)));
      return 0;
    }
    if (cells) {
      var table = new CellTable();
      for (int i = 0; i < rounds; i++) {
        for (Shape shape : bench.shapes()) {
          table.add(jvm.measure(options(shape)));
        }
      }
      output.table(table);
    } else {
      for (Shape shape : bench.shapes()) {
        output.row(jvm.measure(options(shape)));
      }
    }
    output.end();
    return 0;
  }

  /** Measures every point of every curve in a JVM of its own. */
  private int scale(List<Integer> which) throws IOException {
    if (threads > 1 || cells || jacobian || peers || !shapes.isEmpty()) {
      throw usage(
          "--scaling has shapes, threads and no peers of its own; leave out --shape, --threads,"
              + " --peers, --cells and --jacobian",
          null);
    }
    List<Integer> all = which.isEmpty() ? Processors.allowed(Path.of("/")) : which;
    new ScalingRun(all, seconds, format(), picture)
        .run(point -> options(point.shape(), point.threads()));
    return 0;
  }

  /** Measures in this JVM, and prints JSON. */
  private void measure(Bench bench, List<Integer> which) throws IOException {
    if (jacobian) {
      JacobianBenchmark.run(System.out, seconds);
      return;
    }
    if (scaling) {
      System.out.println(ScalingRun.reading(seconds));
      return;
    }
    var output = new Output(System.out, Output.Format.JSON, threads, new Pinning(which, null));
    List<Peers> sources = openPeers(which);
    try {
      new Bench(bench.shapes(), threads, seconds, sources, bench.clock())
          .run(output::row, System.err);
      output.end();
    } finally {
      sources.forEach(Peers::close);
    }
  }

  private List<String> options(Shape shape) {
    return options(shape, threads);
  }

  private List<String> options(Shape shape, int shared) {
    var options = new ArrayList<>(List.of("--shape", shape.name()));
    options.addAll(List.of("--threads", Integer.toString(shared)));
    options.addAll(List.of("--seconds", Double.toString(seconds)));
    if (peers) {
      options.add("--peers");
    }
    if (cells) {
      options.add("--cells");
    }
    if (compile) {
      options.add("--compile");
    }
    options.addAll(List.of("--python", python));
    return options;
  }

  private Output.Format format() {
    if (jacobian || !(json || markdown)) {
      return Output.Format.TEXT;
    }
    return json ? Output.Format.JSON : Output.Format.MARKDOWN;
  }

  private List<Integer> processors() {
    try {
      return processors == null ? List.of() : Processors.parse(processors);
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage(), e);
    }
  }

  private Bench bench() {
    try {
      List<Shape> which =
          shapes.isEmpty()
              ? cells ? Shape.OF_CELLS : Shape.ALL
              : shapes.stream().map(Shape::of).toList();
      if (cells && !inPlace) {
        which = which.stream().flatMap(shape -> Cell.builtIn().stream().map(shape::with)).toList();
      }
      return new Bench(which, threads, seconds, List.of(), cells ? Clock.PROCESSOR : Clock.WALL);
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage(), e);
    }
  }

  private ParameterException usage(@Nullable String message, @Nullable Exception cause) {
    return new ParameterException(spec.commandLine(), message, cause);
  }

  private PythonPeers.Sources sources() {
    if (!cells) {
      return PythonPeers.Sources.LIBRARIES;
    }
    return compile ? PythonPeers.Sources.COMPILED : PythonPeers.Sources.CELLS;
  }

  private List<Peers> openPeers(List<Integer> which) {
    var result = new ArrayList<Peers>();
    if (!peers && !cells) {
      return result;
    }
    try {
      result.add(PythonPeers.start(python, sources(), threads, which));
    } catch (IOException e) {
      System.err.println("PyTorch and JAX are left out: " + e.getMessage());
    }
    if (cells) {
      return result;
    }
    try {
      result.add(LibtorchPeers.load(threads));
    } catch (LinkageError | RuntimeException e) {
      System.err.println(
          "libtorch is left out: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given"));
    }
    return result;
  }
}
