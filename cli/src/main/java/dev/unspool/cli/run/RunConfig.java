// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.cli.report.Json;
import dev.unspool.network.Input;
import dev.unspool.network.NetworkSpec;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a trained model is but for its weights, and how it came about: {@code config.json}.
 *
 * @param format of this file; as it is in memory, always today's
 * @param run a name that the weights carry too, so that no others are taken for them; null in files
 *     that do not say it
 * @param csv the table, for forecasts and simulations
 * @param text the text, for language models; exactly one of the two is there
 * @param network the network; null of a NARX model
 * @param narx the NARX model, of a table; exactly one of the two is there
 * @param training how it is trained by backpropagation; null of what is not
 * @param fitting how it is fitted by Levenberg-Marquardt; exactly one of the two is there
 * @param from the folder whose weights it began with; null of what began with random ones
 */
public record RunConfig(
    int format,
    @Nullable String run,
    @Nullable CsvConfig csv,
    @Nullable TextConfig text,
    @Nullable NetworkConfig network,
    @Nullable NarxConfig narx,
    @Nullable TrainingConfig training,
    @Nullable FittingConfig fitting,
    @Nullable String from) {
  /** The format written; {@link EarlierConfig} knows the earlier ones. */
  static final int FORMAT = 4;

  /** A training over a table. */
  public static RunConfig of(CsvConfig csv, NetworkConfig network, TrainingConfig training) {
    return new RunConfig(FORMAT, null, csv, null, network, null, training, null, null);
  }

  /** A training over a text. */
  public static RunConfig of(TextConfig text, NetworkConfig network, TrainingConfig training) {
    return new RunConfig(FORMAT, null, null, text, network, null, training, null, null);
  }

  /** A training of a NARX model. */
  public static RunConfig of(CsvConfig csv, NarxConfig narx, TrainingConfig training) {
    return new RunConfig(FORMAT, null, csv, null, null, narx, training, null, null);
  }

  /** A fit of a NARX model. */
  public static RunConfig of(CsvConfig csv, NarxConfig narx, FittingConfig fitting) {
    return new RunConfig(FORMAT, null, csv, null, null, narx, null, fitting, null);
  }

  /** A fit of a network that begins with the weights of another folder. */
  public static RunConfig of(
      CsvConfig csv, NetworkConfig network, FittingConfig fitting, Path from) {
    return new RunConfig(FORMAT, null, csv, null, network, null, null, fitting, text(from));
  }

  /** The same from the weights of another folder. */
  public RunConfig from(Path folder) {
    return new RunConfig(format, run, csv, text, network, narx, training, fitting, text(folder));
  }

  private static String text(Path folder) {
    return folder.toAbsolutePath().normalize().toString();
  }

  /**
   * The same as a run of its own, named by what it begins with: its configuration and the checksums
   * of its data.
   */
  public RunConfig named() {
    String name = Digest.of(Json.line(this).getBytes(UTF_8));
    return new RunConfig(format, name, csv, text, network, narx, training, fitting, from);
  }

  /** A run that differs in its seed alone. */
  public RunConfig withSeed(long seed) {
    TrainingConfig other = requireTraining().withSeed(seed);
    return new RunConfig(format, null, csv, text, network, narx, other, null, from).named();
  }

  /** The same with other data. */
  public RunConfig with(CsvConfig other) {
    return new RunConfig(format, run, other, null, network, narx, training, fitting, from);
  }

  /** The same with other data. */
  public RunConfig with(TextConfig other) {
    return new RunConfig(format, run, null, other, network, narx, training, fitting, from);
  }

  /** The same with another network. */
  public RunConfig with(NetworkConfig other) {
    return new RunConfig(format, run, csv, text, other, narx, training, fitting, from);
  }

  /** The same trained differently. */
  public RunConfig with(TrainingConfig other) {
    return new RunConfig(format, run, csv, text, network, narx, other, fitting, from);
  }

  /** Whether it is made by Levenberg-Marquardt, in one go, and not by training. */
  public boolean isFit() {
    return fitting != null;
  }

  /** The network of a model that is one. */
  public NetworkConfig requireNetwork() {
    return Objects.requireNonNull(network, "a NARX model");
  }

  /** The NARX model of what is one. */
  public NarxConfig requireNarx() {
    return Objects.requireNonNull(narx, "a network");
  }

  /** How what is fitted is fitted. */
  public FittingConfig requireFitting() {
    return Objects.requireNonNull(fitting, "a training");
  }

  /** How many steps back its derivatives went; 0: all. */
  public int depth() {
    return training != null ? training.sweep().k2() : requireFitting().k2();
  }

  /** How what is trained by backpropagation is trained. */
  public TrainingConfig requireTraining() {
    return Objects.requireNonNull(training, "a fit");
  }

  /** The table of a model of one. */
  public CsvConfig requireCsv() {
    return Objects.requireNonNull(csv, "a model of text");
  }

  /** The same run over data that are elsewhere; the path is kept as an absolute one. */
  public RunConfig at(Path file) {
    String path = file.toAbsolutePath().toString();
    if (csv != null) {
      return with(csv.at(path).absolute());
    }
    return text != null ? with(text.at(path)) : this;
  }

  /** Whether some of the data choose the weights. */
  public boolean validates() {
    return (csv != null ? csv.valid() : Objects.requireNonNull(text).valid()) > 0;
  }

  /** Where the data are. */
  public String file() {
    if (csv != null) {
      return csv.file();
    }
    return text == null ? "" : text.file();
  }

  /**
   * Refuses what its parts alone do not show to be wrong.
   *
   * @throws IllegalArgumentException if no network can be built from it
   * @throws UsageException likewise
   */
  void requireUsable() {
    require((csv == null) != (text == null), "it needs either csv or text");
    Path _ = Path.of(file());
    require(
        (network == null) != (narx == null) && (training == null) != (fitting == null),
        "it needs either network or narx, and either training or fitting");
    require(narx == null || csv != null, "a NARX model is of a table");
    if (csv != null) {
      csv.requireUsable();
      if (narx != null) {
        require(csv.horizon() == 0, "a NARX model has a horizon of 0");
        Objects.requireNonNull(csv.facts(), "'csv.facts' is missing");
      }
    }
    if (network != null) {
      spec(new Architecture(network, null));
    }
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /**
   * The network; of words as many as there may be.
   *
   * @param architecture of this run
   * @throws UsageException if none can be built
   */
  public NetworkSpec spec(Architecture architecture) {
    if (csv != null) {
      return architecture.spec(new Input.Numeric(csv.seen()), csv.outputCount());
    }
    return spec(
        architecture, text == null || text.tokens() == TokenKind.BYTES ? 256 : text.vocabulary());
  }

  /**
   * The network of a model of text.
   *
   * @param words that are told apart
   */
  public NetworkSpec spec(Architecture architecture, int words) {
    return architecture.spec(requireNetwork().tokens(words), words);
  }
}
