// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.stream;

import dev.unspool.data.CsvFile;
import dev.unspool.data.Table;
import dev.unspool.loss.Huber;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.network.Cell;
import dev.unspool.online.Reference;
import dev.unspool.optimizer.LearningRate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code unspool bench stream}: who forecasts a stream best that all learn from as it comes. */
@Command(
    name = "stream",
    header = "Measure how well a stream is forecast that is learned from as it comes.",
    description = {
      "",
      "Every row is forecast before it is learned from: by an LSTM (TBPTT(1, k2)), persistence, a running mean, the season before,"
          + " a linear autoregression by recursive least squares, and the windows of the past that are most alike."
          + " Without a table, of made streams whose law changes twice, and how many rows it takes to recover from that."
    },
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool bench stream",
      "  unspool bench stream --csv taxi.csv --column value --season 336,672,48 --horizon 1,5"
    })
public final class StreamCommand implements Callable<Integer> {
  private static final int MADE_ROWS = 15_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "A table in which no value is missing. Default: made streams.")
  private @Nullable Path csv;

  @Option(names = "--column", paramLabel = "NAME", description = "Its column. Default: the last.")
  private @Nullable String column;

  @Option(
      names = "--season",
      paramLabel = "ROWS",
      split = ",",
      description =
          "Seasons that the LSTM is told of; the first is that of the baselines. Default: 24,48.",
      defaultValue = "24,48",
      hideParamSyntax = true)
  private int[] seasons = {};

  @Option(
      names = "--horizon",
      paramLabel = "ROWS",
      split = ",",
      description = "How many rows ahead. Default: 1,5.",
      defaultValue = "1,5",
      hideParamSyntax = true)
  private int[] horizons = {};

  @Option(
      names = "--from",
      paramLabel = "ROW",
      description = "The first row that counts. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1000")
  private int from;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description = "Units. Default: ${DEFAULT-VALUE}.",
      defaultValue = "32")
  private int hidden;

  @Option(
      names = "--k2",
      paramLabel = "N",
      description = "Depth of a sweep. Default: ${DEFAULT-VALUE}.",
      defaultValue = "20")
  private int k2;

  @Option(
      names = "--memory",
      paramLabel = "ROWS",
      description = "Of running scales and of baselines. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1000")
  private double memory;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description =
          "Adam's learning rate at the start, which settles to a fifth, or to that divided by as many"
              + " updates as there are for a row. Default: ${DEFAULT-VALUE}.",
      defaultValue = "0.005")
  private double rate;

  @Option(
      names = "--decay",
      paramLabel = "SHARE",
      description = "Decoupled weight decay. Default: ${DEFAULT-VALUE}.",
      defaultValue = "0")
  private double decay;

  @Option(
      names = "--huber",
      paramLabel = "SIZE",
      description =
          "Changes, in units of what is usual, from which on errors count linearly. Default: the squared error.")
  private @Nullable Double huber;

  @Option(
      names = "--rehearse",
      paramLabel = "N",
      description =
          "How many rows of the past are learned again with each new one. Default: ${DEFAULT-VALUE}.",
      defaultValue = "0")
  private int rehearsals;

  @Option(
      names = "--residual",
      description =
          "Let the LSTM say how far a value lies from what the baselines say of it together; else how far it"
              + " moves from the newest one.")
  private boolean residual;

  @Option(
      names = "--drift-rate",
      paramLabel = "TIMES",
      description =
          "Raise the learning rate by this for 300 updates when the test for drift says that errors have grown."
              + " Default: ${DEFAULT-VALUE}, never.",
      defaultValue = "1")
  private double driftRate;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description =
          "How often, with other weights, and other made streams. Default: ${DEFAULT-VALUE}.",
      defaultValue = "3")
  private int seeds;

  @SuppressWarnings("UnusedVariable") // picocli sets it and acts on it
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private StreamCommand() {}

  @Override
  public Integer call() throws IOException {
    StreamSetting setting = setting();
    var streams = new ArrayList<double[]>();
    if (csv == null) {
      for (int seed = 1; seed <= seeds; seed++) {
        streams.add(ChangingStream.values(seed, MADE_ROWS));
      }
    } else {
      streams.add(read(csv));
    }
    int rows = streams.getFirst().length;
    if (from < 0 || from >= rows) {
      throw usage(
          "--from is a row, 0 to %s of %s that there are, found %s".formatted(rows - 1, rows, from),
          null);
    }
    StreamTable table =
        csv == null ? StreamTable.ofRecovery(horizons) : StreamTable.ofErrors(horizons);
    var others = new ArrayList<double[][][]>();
    streams.forEach(values -> others.add(new StreamStudy(values, setting).others()));
    for (int i = 1; i < StreamStudy.FORECASTERS.size(); i++) {
      int number = i - 1;
      add(
          table,
          StreamStudy.FORECASTERS.get(i),
          streams,
          others.stream().map(said -> said[number]).toList());
    }
    var known = new ArrayList<double[]>();
    var said = new ArrayList<double[][]>();
    var combined = new ArrayList<double[][]>();
    for (int seed = 1; seed <= seeds; seed++) {
      double[] values = streams.get(csv == null ? seed - 1 : 0);
      known.add(values);
      double[][][] both = new StreamStudy(values, setting).network(seed);
      said.add(both[0]);
      combined.add(both[1]);
      if (csv != null) {
        add(table, "LSTM, seed " + seed, List.of(values), List.<double[][]>of(both[0]));
        add(table, "combined, seed " + seed, List.of(values), List.<double[][]>of(both[1]));
      }
    }
    add(table, "LSTM", known, said);
    add(table, "LSTM and baselines, combined", known, combined);
    System.out.println(table);
    return 0;
  }

  private void add(StreamTable table, String who, List<double[]> streams, List<double[][]> said) {
    if (csv == null) {
      table.recovery(who, streams, said, from);
    } else {
      table.errors(who, streams, said, from);
    }
  }

  private StreamSetting setting() {
    Arrays.sort(horizons);
    int shortest = Arrays.stream(seasons).min().orElse(0);
    if (horizons[0] < 1
        || horizons[horizons.length - 1] > shortest
        || rehearsals < 0
        || seeds < 1) {
      throw usage(
          "horizons are 1 to the shortest season, rehearsals at least 0, seeds at least 1; found %s, %s, %s and %s"
              .formatted(Arrays.toString(horizons), shortest, rehearsals, seeds),
          null);
    }
    try {
      return new StreamSetting(
          horizons,
          seasons,
          from,
          Cell.LSTM,
          hidden,
          k2,
          memory,
          LearningRate.settling(
              rate, 100, 300 / Math.sqrt(1 + rehearsals), rate / 5 / (1 + rehearsals)),
          decay,
          huber == null ? new MeanSquaredError() : new Huber(huber),
          rehearsals,
          residual ? Reference.BASELINES : Reference.NEWEST,
          driftRate);
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage(), e);
    }
  }

  private ParameterException usage(@Nullable String message, @Nullable Exception cause) {
    return new ParameterException(spec.commandLine(), message, cause);
  }

  private double[] read(Path file) throws IOException {
    var reader = CsvFile.of(file);
    String name = column == null ? reader.header().getLast() : column;
    try (Table table = reader.read(List.of(name))) {
      double[] values = new double[Math.toIntExact(table.rows())];
      Arrays.setAll(values, row -> table.get(row, 0));
      return values;
    }
  }
}
