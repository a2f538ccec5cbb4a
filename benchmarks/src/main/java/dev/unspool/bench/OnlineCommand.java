// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import com.google.gson.JsonParser;
import dev.unspool.model.WeightPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code unspool bench online}: records a second of a learner of streams, on one thread. */
@Command(
    name = "online",
    header = "Measure how many records a second an LSTM learns from, one by one.",
    description = {
      "",
      "Each record is learned from (a sweep of depth k2, an update of Adam) and predicted from. The"
          + " time is that which the processor works, and beside it that which passes; of several"
          + " rounds the best counts."
    },
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  taskset -c 1 ./unspool bench online --peers --python python3")
final class OnlineCommand implements Callable<Integer> {
  private static final String SCRIPT = "online.py";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description = "Units of the LSTM. Default: ${DEFAULT-VALUE}.",
      defaultValue = "64")
  private int hidden;

  @Option(
      names = "--k2",
      paramLabel = "N",
      description = "Depth of a sweep; k1 is 1. Default: ${DEFAULT-VALUE}.",
      defaultValue = "50")
  private int k2;

  @Option(
      names = "--records",
      paramLabel = "N",
      description = "Records of a round. Default: ${DEFAULT-VALUE}.",
      defaultValue = "20000")
  private long records;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds, after as many that nobody counts. Default: ${DEFAULT-VALUE}.",
      defaultValue = "5")
  private int rounds;

  @Option(
      names = "--peers",
      description =
          "Measure PyTorch doing the same work: a window of k2 recomputed for each record, fused"
              + " Adam, one thread.")
  private boolean peers;

  @Option(
      names = "--python",
      paramLabel = "COMMAND",
      description = "The Python that has PyTorch. Default: ${DEFAULT-VALUE}.",
      defaultValue = "python3")
  private String python = "python3";

  @SuppressWarnings("UnusedVariable") // picocli sets it and acts on it
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private OnlineCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (hidden < 1 || k2 < 1 || records < 1 || rounds < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--hidden, --k2, --records and --rounds are at least 1, found %s, %s, %s and %s"
              .formatted(hidden, k2, records, rounds));
    }
    System.out.printf("%s, LSTM H %s, TBPTT(1, %s), Adam%n", Bench.machine(), hidden, k2);
    ours("one key, as applied", 1, WeightPolicy.AS_APPLIED);
    ours("one key, replay", 1, WeightPolicy.REPLAY);
    ours("1000 keys taking turns, replay", 1000, WeightPolicy.REPLAY);
    if (peers) {
      peer();
    }
    return 0;
  }

  private void ours(String name, int keys, WeightPolicy policy) {
    try (var streams = new OnlineStreams(hidden, 1, k2, keys, policy)) {
      streams.run(Math.max(records * rounds, 2L * keys * k2)); // windows are full
      double worked = Double.POSITIVE_INFINITY;
      double passed = Double.POSITIVE_INFINITY;
      for (int round = 0; round < rounds; round++) {
        long work = Clock.PROCESSOR.nanos();
        long wall = Clock.WALL.nanos();
        streams.run(records);
        worked = Math.min(worked, Clock.PROCESSOR.nanos() - work);
        passed = Math.min(passed, Clock.WALL.nanos() - wall);
      }
      print(name, worked / records / 1000, passed / records / 1000);
    }
  }

  private static void print(String name, double worked, double passed) {
    System.out.println(
        String.format(
            Locale.ROOT,
            "%-34s %8.1f µs a record (%.0f records/s); %8.1f µs passed (%.0f records/s)",
            name,
            worked,
            1e6 / worked,
            passed,
            1e6 / passed));
  }

  /** Lets Python measure in a process of its own. */
  private void peer() throws IOException, InterruptedException {
    Path script = Files.createTempFile("unspool-online", ".py");
    try {
      try (InputStream in = OnlineCommand.class.getResourceAsStream(SCRIPT)) {
        if (in == null) {
          throw new IllegalStateException(SCRIPT + " is missing in the jar");
        }
        Files.write(script, in.readAllBytes());
      }
      var numbers = List.of(hidden, k2, Math.max(200, records / 20), rounds);
      var builder = PythonPeers.builder(python, script, 1, List.of());
      numbers.forEach(number -> builder.command().add(number.toString()));
      Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      @Nullable String line;
      try (var answers = process.inputReader(StandardCharsets.UTF_8)) {
        line = answers.readLine();
      }
      if (process.waitFor() != 0 || line == null) {
        System.out.println("PyTorch is left out: " + python + " has ended with an error");
        return;
      }
      var answer = JsonParser.parseString(line).getAsJsonObject();
      print(
          "PyTorch " + answer.get("version").getAsString() + ", one key",
          answer.get("worked").getAsDouble(),
          answer.get("passed").getAsDouble());
    } finally {
      Files.delete(script);
    }
  }
}
