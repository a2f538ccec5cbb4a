// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.run.ColumnRoles;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.HeldOut;
import dev.unspool.cli.run.JudgementConfig;
import dev.unspool.cli.run.OutputConfig;
import dev.unspool.cli.run.Prediction;
import dev.unspool.cli.run.SeriesLoss;
import dev.unspool.cli.run.SeriesScale;
import dev.unspool.cli.run.TableFile;
import dev.unspool.cli.run.TableFormat;
import dev.unspool.cli.run.TextConfig;
import dev.unspool.cli.run.TimeConfig;
import dev.unspool.cli.run.TokenKind;
import dev.unspool.cli.run.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What is learned. */
final class DataOptions extends SeriesOptions {
  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Learn to forecast columns of this table; its first row names them.")
  @Nullable Path csv;

  @Option(
      names = "--predict",
      paramLabel = "WHAT",
      converter = Choices.TablePrediction.class,
      completionCandidates = Choices.TablePredictions.class,
      description =
          "What the network says about a target that is also an input: ${COMPLETION-CANDIDATES}"
              + " (change: how far it moves from its newest value; all results are in the target's"
              + " own units either way). Default: change.")
  @Nullable Prediction predict;

  @Option(
      names = "--loss",
      paramLabel = "LOSS",
      completionCandidates = Choices.SeriesLosses.class,
      description =
          "Loss for --csv: ${COMPLETION-CANDIDATES} (gaussian also learns how sure it is). Default:"
              + " mse, with --quantiles quantile. Texts: softmax cross-entropy.")
  @Nullable SeriesLoss loss;

  @Option(
      names = "--quantiles",
      paramLabel = "P",
      description =
          "Say these quantiles of each target, such as 0.05,0.5,0.95; the middle one is the"
              + " forecast itself. With --loss gaussian, say them of its distribution. Default: none,"
              + " with --loss gaussian 0.05,0.95.")
  @Nullable String quantiles;

  @Option(
      names = "--normalise",
      paramLabel = "HOW",
      completionCandidates = Choices.SeriesScales.class,
      description =
          "How columns are scaled, by figures of the training part: ${COMPLETION-CANDIDATES}"
              + " (standard: mean and deviation; robust: median and quartiles, which a few wild"
              + " values do not move). Default: standard.")
  @Nullable SeriesScale normalise;

  @Option(
      names = "--skip-bad-rows",
      description =
          "Leave out rows that cannot be read, and count them, instead of refusing the file.")
  boolean skipBadRows;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description = "Learn to continue this text (UTF-8).")
  @Nullable Path text;

  @Option(
      names = "--tokens",
      paramLabel = "KIND",
      completionCandidates = Choices.TokenKinds.class,
      description = "What a step of the text is: ${COMPLETION-CANDIDATES}. Default: bytes.")
  @Nullable TokenKind tokens;

  @Option(
      names = "--vocabulary",
      paramLabel = "N",
      description =
          "Most frequent words to tell apart; with --tokens words. Default: "
              + Defaults.VOCABULARY
              + ".")
  @Nullable Integer vocabulary;

  @Option(
      names = "--valid",
      paramLabel = "FRACTION",
      description =
          "Part of the data, just before the test part, that chooses the weights. Default: "
              + Defaults.VALID
              + ".")
  double valid = Defaults.VALID;

  @Option(
      names = "--test",
      paramLabel = "FRACTION",
      description =
          "Part of the data, at the end, that judges them. Default: "
              + Defaults.CSV_TEST
              + " (csv), "
              + Defaults.TEXT_TEST
              + " (text).")
  @Nullable Double test;

  @ArgGroup(validate = false)
  FieldOptions fields = new FieldOptions();

  @ArgGroup(validate = false)
  JudgementOptions judged = new JudgementOptions();

  @ArgGroup(validate = false, heading = "%nTime and gaps, with --csv:%n")
  TimeOptions times = new TimeOptions();

  /** Whether the data are a text; complains unless there is exactly one file. */
  boolean isText() {
    if ((csv == null) == (text == null)) {
      throw new UsageException(
          csv == null
              ? "nothing to learn from: give --csv FILE --target COLUMN, or --text FILE"
              : "--csv and --text exclude each other");
    }
    return text != null;
  }

  /** How columns are scaled. */
  SeriesScale scale() {
    return normalise != null ? normalise : SeriesScale.STANDARD;
  }

  /** How a table is written that replaces another. */
  TableFormat format(CsvConfig other) {
    boolean given = fields.given() || skipBadRows;
    FormatOptions.requireOther(csv != null || !given);
    return given ? FormatOptions.of(fields, skipBadRows) : other.format();
  }

  /** The table; its first rows are looked at for a time. */
  CsvConfig csv() throws IOException {
    UsageException.requireNone(
        Map.of("--tokens", tokens != null, "--vocabulary", vocabulary != null),
        "does not go with --csv");
    if (target == null || target.isEmpty()) {
      throw new UsageException("--csv needs --target COLUMN: which column is to be predicted?");
    }
    List<String> targets = FormatOptions.columns("--target", target);
    List<String> inputs =
        input == null || input.isEmpty() ? targets : FormatOptions.columns("--input", input);
    var roles = new ColumnRoles(inputs, targets, times.known());
    TableFormat format = FormatOptions.of(fields, skipBadRows);
    Path file = Objects.requireNonNull(csv);
    TimeConfig time = times.time(file, format, roles);
    List<Integer> ahead =
        horizon != null ? Horizons.parse(horizon) : List.of(roles.feedBack() ? 1 : 0);
    List<Double> said = quantiles == null ? List.of() : Horizons.quantiles(quantiles);
    SeriesLoss implied = quantiles == null ? SeriesLoss.MSE : SeriesLoss.QUANTILE;
    return new CsvConfig(
        TableFile.of(file, format),
        roles,
        time,
        times.gaps(time != null),
        new OutputConfig(
            ahead,
            predict != null ? predict : Prediction.CHANGE,
            loss != null ? loss : implied,
            said),
        scale(),
        new HeldOut(valid, test != null ? test : Defaults.CSV_TEST, judged()),
        null);
  }

  private @Nullable JudgementConfig judged() {
    return judged.isGiven() ? judged.changed(JudgementConfig.DEFAULT, null) : null;
  }

  /** The text. */
  TextConfig text() {
    UsageException.requireNone(ofTables(), "does not go with --text");
    TokenKind kind = tokens != null ? tokens : TokenKind.BYTES;
    if (vocabulary != null && kind != TokenKind.WORDS) {
      throw new UsageException("--vocabulary is for --tokens words; there are always 256 bytes");
    }
    return new TextConfig(
        Objects.requireNonNull(text).toString(),
        kind,
        vocabulary != null ? vocabulary : Defaults.VOCABULARY,
        valid,
        test != null ? test : Defaults.TEXT_TEST,
        null);
  }

  /** Which options were given that say nothing of a text. */
  Map<String, Boolean> ofTables() {
    var given = new LinkedHashMap<String, Boolean>();
    given.put("--target", target != null);
    given.put("--input", input != null);
    given.put("--horizon", horizon != null);
    given.put("--predict", predict != null);
    given.put("--loss", loss != null);
    given.put("--quantiles", quantiles != null);
    given.put("--season", judged.season != null);
    given.put("--band", judged.band != null);
    given.put("--normalise", normalise != null);
    given.put("--separator", fields.separator != null);
    given.put("--decimal", fields.decimal != null);
    given.put("--skip-bad-rows", skipBadRows);
    given.putAll(times.given());
    return given;
  }
}
