// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.online.AppendedLines;
import dev.unspool.cli.online.Inherited;
import dev.unspool.cli.online.LineTransport;
import dev.unspool.cli.online.OnlineConfig;
import dev.unspool.cli.online.OnlineFolder;
import dev.unspool.cli.online.OnlineRun;
import dev.unspool.cli.online.RecordFormat;
import dev.unspool.cli.online.StreamColumns;
import dev.unspool.cli.online.StreamConfig;
import dev.unspool.cli.online.Transport;
import dev.unspool.cli.online.page.LivePage;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.ResultStream;
import dev.unspool.cli.run.Architecture;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.FolderLock;
import dev.unspool.cli.run.NetworkConfig;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.TimeConfig;
import dev.unspool.cli.run.TrainedModel;
import dev.unspool.cli.run.UsageException;
import dev.unspool.model.Parameters;
import dev.unspool.predict.Fill;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unspool online}. */
@Command(
    name = "online",
    header = "Learn from a stream: records in, a line of JSON for each of them out.",
    synopsisHeading = "Usage: ",
    customSynopsis = {
      "unspool online --target COLUMN [--out DIR] [OPTIONS] < STREAM",
      "       unspool online --out DIR [OPTIONS] < STREAM",
    },
    sortOptions = false,
    optionListHeading = "%nGeneral:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool online --target load --horizon 1,24 --out runs/load < load.csv > said.jsonl",
      "  sensors | unspool online --format json --target temp --key sensor --time at --out runs/temp",
      "  unspool online --target load --follow /var/log/load.csv --out runs/load >> said.jsonl",
      "  unspool online --from-kafka localhost:9092 --topic load --to-topic said --target load --out runs/load",
      "  unspool online --from runs/sunspots --out runs/live < sunspots.csv",
      "",
      "Each record is predicted from before it is learned from. When the stream ends, or with Ctrl-C,",
      "SIGTERM or a reader that has gone, there is a snapshot; the same command goes on from it.",
    })
final class OnlineCommand implements Callable<Integer> {
  /** Options that say what a run whose weights a stream begins with has said already. */
  private static final Set<String> KEPT =
      Set.of(
          "--target",
          "--input",
          "--calendar",
          "--fill",
          "--horizon",
          "--predict",
          "--loss",
          "--normalise",
          "--memory",
          "--scale-per-key",
          "--warm-up",
          "--seed");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Folder for everything the stream leaves, and from which it goes on. Default: runs/online.")
  Path out = Path.of("runs", "online");

  @Option(
      names = "--from",
      paramLabel = "RUN",
      description =
          "Begin with the best weights in this folder, which 'unspool train' has made, with its"
              + " columns, scales and network. Default: none, it begins with random weights.")
  @Nullable Path from;

  @Option(
      names = "--follow",
      paramLabel = "FILE",
      description =
          "Read this file and what is written to its end, also when it is rotated or cut off."
              + " Default: standard input.")
  @Nullable Path follow;

  @Option(
      names = "--input-from-start",
      description =
          "The input is there from its very beginning, with what was consumed before: that is passed"
              + " over. Else it goes on where it was left.")
  boolean fromStart;

  @Option(
      names = "--http",
      paramLabel = "PORT",
      description =
          "Show how it goes on a page at this port of this machine, with /metrics and /health; 0: one that"
              + " is free. HOST:PORT shows it to others. Default: no page.")
  @Nullable String http;

  @ArgGroup(validate = false, heading = "%nKafka:%n", order = 5)
  OnlineKafkaOptions kafka = new OnlineKafkaOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @ArgGroup(validate = false, heading = "%nStream:%n", order = 1)
  OnlineStreamOptions stream = new OnlineStreamOptions();

  @ArgGroup(validate = false, heading = "%nNetwork:%n", order = 2)
  NetworkOptions network = new NetworkOptions();

  @ArgGroup(validate = false, heading = "%nLearning:%n", order = 3)
  OnlineLearningOptions learning = new OnlineLearningOptions();

  @ArgGroup(validate = false, heading = "%nUpkeep:%n", order = 4)
  OnlineUpkeepOptions upkeep = new OnlineUpkeepOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  /** What comes; a test has its own. */
  InputStream in = new FileInputStream(FileDescriptor.in);

  /** Where answers go, likewise. */
  OutputStream answers = new ResultStream(AppendedLines.stdout());

  /** Who ends it, likewise. */
  Supplier<Stop> stops = () -> Stop.onShutdown(OnlineRun.LATE);

  /** What a new stream begins with. */
  private record Beginning(
      OnlineConfig config, Architecture architecture, @Nullable Parameters first) {}

  @Override
  public Integer call() throws IOException {
    try (LivePage page = http == null ? null : LivePage.open(http)) {
      return run(page);
    }
  }

  private int run(@Nullable LivePage page) throws IOException {
    var folder = new OnlineFolder(out);
    Transport transport =
        kafka.transport(
            new LineTransport(in, follow, fromStart, answers, common.console()), folder.order());
    Beginning prepared = folder.isStream() ? null : beginning(folder);
    try (FolderLock _ = FolderLock.take(out, common.console())) {
      Beginning beginning = prepared != null && isStillFree(folder) ? prepared : null;
      OnlineConfig config;
      if (beginning != null) {
        OnlineRun.begin(folder, beginning.config, beginning.architecture, beginning.first);
        config = beginning.config;
      } else {
        config = goOn(folder);
      }
      show(page, config);
      try (Stop stop = stops.get()) {
        OnlineRun.run(
            folder,
            config,
            new OnlineRun.Ends(transport, common.console(), page, stop),
            beginning != null);
      }
    }
    return 0;
  }

  /** Whether no other process was quicker: then it goes on with the stream of that one. */
  private static boolean isStillFree(OnlineFolder folder) throws IOException {
    if (folder.isStream()) {
      return false;
    }
    folder.requireFree();
    return true;
  }

  private void show(@Nullable LivePage page, OnlineConfig config) {
    if (page != null) {
      String name = Objects.toString(out.toAbsolutePath().normalize().getFileName(), "/");
      page.begin(name, config);
      common.console().note("How it goes: " + page.address());
      if (page.isPublic()) {
        common.console().note("Whoever reaches this machine may look at it.");
      }
    }
  }

  private Beginning beginning(OnlineFolder folder) throws IOException {
    folder.requireFree();
    if (from != null) {
      return inherited(from);
    }
    StreamConfig what = stream.config(kafka.given());
    Architecture architecture = network.architecture(false);
    var config =
        new OnlineConfig(
            what,
            learning.config(architecture.config(), stream.output(what.columns())),
            upkeep.config(),
            null,
            null);
    return new Beginning(config, architecture, null);
  }

  /** Begins where a training has ended. */
  private Beginning inherited(Path source) throws IOException {
    From.refuse(spec, KEPT, "columns, scales and what is predicted are those of " + source);
    From.refuse(spec, NetworkOptions.SHAPE, "the network is that of " + source);
    From origin = From.open(source);
    Inherited scales = Inherited.of(source.toString(), origin.config());
    CsvConfig table = origin.csv();
    Architecture architecture = origin.architecture();
    TimeConfig time = table.time();
    var columns =
        new StreamColumns(
            table.inputs(), table.targets(), stream.key, time == null ? List.of() : time.columns());
    boolean csv = stream.format == null ? !kafka.given() : stream.format == RecordFormat.Kind.CSV;
    var read =
        new StreamConfig(
            columns,
            new RecordFormat(
                csv ? RecordFormat.Kind.CSV : RecordFormat.Kind.JSON,
                csv ? table.format().separator() : ',',
                csv ? table.format().decimal() : '.'),
            time == null ? null : time.format(),
            time == null ? null : time.zone(),
            time == null ? List.of() : time.calendar(),
            Fill.LAST,
            List.of(),
            kafka.given() ? StreamConfig.Messages.of(columns) : null);
    var config =
        new OnlineConfig(
            stream.config(read),
            learning.config(architecture.config(), table.output()),
            upkeep.config(),
            scales,
            source.toAbsolutePath().normalize().toString());
    TrainedModel trained =
        TrainedModel.read(origin.folder(), origin.config(), origin.folder().step(origin.config()));
    if (trained.standing() != null) {
      common.console().warn("%s: %s".formatted(source, trained.standing()));
    }
    return new Beginning(config, architecture, trained.theta());
  }

  /** The configuration of a stream that goes on, with what may change. */
  private OnlineConfig goOn(OnlineFolder folder) throws IOException {
    UsageException.require(
        from == null,
        "--from is for a new stream, and %s goes on with its own weights; leave it out, or choose another --out"
            .formatted(out));
    OnlineConfig before = folder.readConfig();
    var parsed = spec.commandLine().getParseResult();
    boolean shaped = NetworkOptions.SHAPE.stream().anyMatch(parsed::hasMatchedOption);
    NetworkConfig shape =
        shaped ? network.architecture(false).config() : before.learning().network();
    var now =
        new OnlineConfig(
            stream.config(before.stream()),
            learning.config(before.learning(), shape, stream.output(before.learning().output())),
            upkeep.config(before.upkeep()),
            before.inherited(),
            before.from());
    Console console = common.console();
    for (OnlineConfig.Difference each : before.differences(now)) {
      UsageException.require(
          each.allowed(),
          "%s was begun with %s = %s, found %s; leave that option out, or choose another --out"
              .formatted(out, each.name(), each.before(), each.now()));
      console.note(
          "From here on, %s is %s (was %s)".formatted(each.name(), each.now(), each.before()));
    }
    if (!now.equals(before)) {
      folder.writeConfig(now);
    }
    return now;
  }
}
