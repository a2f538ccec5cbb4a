// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Decoder;
import dev.unspool.data.Range;
import dev.unspool.data.Split;
import dev.unspool.data.TextSource;
import dev.unspool.data.Tokens;
import dev.unspool.data.Vocabulary;
import dev.unspool.data.Words;
import dev.unspool.engine.BlockSource;
import dev.unspool.inference.Evaluation;
import dev.unspool.loss.Loss;
import dev.unspool.loss.SoftmaxCrossEntropy;
import dev.unspool.model.Parameters;
import dev.unspool.network.Network;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Predicting the next token of a text. */
public final class TextTask implements Task {
  /** A part is judged in lanes, for speed; each is at least so long that its cold start is lost. */
  private static final long TOKENS_PER_LANE = 2_000;

  private static final int MOST_LANES = 32;
  private static final int BLOCK_STEPS = 64;
  private static final int BLOCK_VALUES = 1 << 22;

  private final TextConfig config;
  private final Vocabulary vocabulary;
  private final Architecture architecture;
  private final Network network;
  private final @Nullable Tokens tokens;

  private TextTask(
      TextConfig config,
      Architecture architecture,
      Vocabulary vocabulary,
      @Nullable Tokens tokens) {
    this.config = config;
    this.vocabulary = vocabulary;
    this.tokens = tokens;
    this.architecture = architecture;
    int words = vocabulary.size();
    this.network = architecture.network(architecture.config().tokens(words), words);
  }

  /** Reads the text of a new run, and finds its words. */
  public static TextTask open(TextConfig config, Architecture network) throws IOException {
    return open(config, network, Vocabularies.find(config));
  }

  /**
   * Reads the text of a new run that keeps the vocabulary of an earlier one.
   *
   * @param config of the earlier run, perhaps with another text
   * @param valid another part for validation; null: as it was
   * @param test another part for the test; null: as it was
   * @param words the vocabulary
   */
  public static TextTask anew(
      TextConfig config,
      @Nullable Double valid,
      @Nullable Double test,
      Architecture network,
      Path words)
      throws IOException {
    Vocabulary vocabulary = Vocabularies.read(config, words);
    var unread =
        new TextConfig(
            config.file(),
            config.tokens(),
            config.vocabulary(),
            valid != null ? valid : config.valid(),
            test != null ? test : config.test(),
            null);
    return open(unread, network, vocabulary);
  }

  /** Reads the text of a run that has a vocabulary. */
  public static TextTask open(TextConfig config, Architecture network, Path words)
      throws IOException {
    return open(config, network, Vocabularies.read(config, words));
  }

  private static TextTask open(TextConfig config, Architecture network, Vocabulary vocabulary)
      throws IOException {
    Path path = Path.of(config.file());
    Tokens tokens = Tokens.read(path, vocabulary);
    try {
      TextConfig found = config;
      if (config.facts() == null) {
        found =
            config.with(
                new TextConfig.Facts(
                    Files.size(path),
                    tokens.size(),
                    Digest.of(tokens),
                    Vocabularies.checksum(vocabulary)));
      }
      return new TextTask(found, network, vocabulary, tokens);
    } catch (IOException | RuntimeException e) {
      tokens.close();
      throw e;
    }
  }

  /** Only the vocabulary of a run, for writing. */
  public static TextTask withoutText(TextConfig config, Architecture network, Path words)
      throws IOException {
    return new TextTask(config, network, Vocabularies.read(config, words), null);
  }

  /** The configuration, with what was found in the file. */
  public TextConfig config() {
    return config;
  }

  /** Writes down which words are told apart, if it is words. */
  @Override
  public void keep(RunFolder folder) throws IOException {
    Vocabularies.write(vocabulary, folder.vocabulary());
    architecture.keep(folder);
  }

  /** The token that ends a line. */
  int lineEnd() {
    return Vocabularies.lineEnd(vocabulary);
  }

  int[] encode(String text) {
    return vocabulary.encode(text);
  }

  List<String> unknownIn(String text) {
    return vocabulary instanceof Words words ? words.unknownIn(text) : List.of();
  }

  Decoder decoderAfter(String text) {
    return vocabulary.decoderAfter(text);
  }

  private Tokens tokens() {
    if (tokens == null) {
      throw new IllegalStateException("opened without its text");
    }
    return tokens;
  }

  private Split split() {
    return Parts.of(config.file(), tokens().size(), "tokens", config.valid(), config.test());
  }

  @Override
  public void requireUnchanged() throws IOException {
    TextConfig.Facts facts = config.facts();
    long bytes = Files.size(Path.of(config.file()));
    if (facts != null && (bytes != facts.bytes() || tokens().size() != facts.tokens())) {
      throw new RunException(
          "%s has changed since training began: %s bytes, now %s; put the old file back or train a new run"
              .formatted(config.file(), facts.bytes(), bytes));
    }
    if (facts != null && facts.crc32c() != null && !facts.crc32c().equals(Digest.of(tokens()))) {
      throw new RunException(
          "%s has changed since training began: it is as long as it was, but says something else; put the old file back or train a new run"
              .formatted(config.file()));
    }
  }

  @Override
  public StepProgram program() {
    return network.program();
  }

  @Override
  public String describe() {
    return network.toString();
  }

  @Override
  public Parameters initialise(RandomGenerator random) {
    return network.initialise(architecture.config().initialisation(), random);
  }

  @Override
  public Loss loss() {
    return new SoftmaxCrossEntropy();
  }

  @Override
  public boolean isLayered() {
    return architecture.config().layers() > 1;
  }

  @Override
  public String lossUnit() {
    return "nats per token";
  }

  @Override
  public BlockSource training(int lanes) throws RunException {
    Range train = split().train();
    if (train.length() < 2L * lanes) {
      throw new RunException(
          "%s has %s, of which %s are for training; %s: at least %s are needed there; use %s"
              .formatted(
                  config.file(),
                  Numbers.count(tokens().size(), "token"),
                  train.length(),
                  Numbers.count(lanes, "lane"),
                  2L * lanes,
                  lanes == 1
                      ? "a longer text, or smaller --valid and --test"
                      : "fewer --lanes or a longer text"));
    }
    return new TextSource(tokens(), train, lanes);
  }

  @Override
  public boolean validates() {
    return split().valid().length() >= 2;
  }

  @Override
  public double validate(Parameters theta, Stop stop) {
    return evaluate(theta, split().valid(), stop).loss();
  }

  /** Predicts each token of a part, the first from the one before it. */
  private Evaluation evaluate(Parameters theta, Range part, Stop stop) {
    stop.check();
    int lanes = Math.clamp(part.length() / TOKENS_PER_LANE, 1, MOST_LANES);
    int steps = Math.clamp(BLOCK_VALUES / ((long) lanes * network.outputs()), 1, BLOCK_STEPS);
    Range read = new Range(Math.max(0, part.from() - 1), part.to());
    try (BlockSource source = new TextSource(tokens(), read, lanes)) {
      return Evaluation.run(network, theta, source, loss(), steps, (_, _) -> stop.check());
    }
  }

  @Override
  public Figures figures(Parameters theta, Stop stop) {
    return new Figures(
        judge(theta, split().test(), stop), judge(theta, split().valid(), stop), null, null);
  }

  /**
   * The figures of all of the text, as for one that the run has never seen.
   *
   * @throws Stop.Asked if the run is to end
   */
  public Figures figuresOfAll(Parameters theta, Stop stop) throws IOException {
    if (tokens().size() < 2) {
      throw new RunException(
          "%s has %s; at least 2 are needed, because the first has nothing before it that could predict it"
              .formatted(config.file(), Numbers.count(tokens().size(), "token")));
    }
    return new Figures(null, null, judge(theta, new Range(0, tokens().size()), stop), null);
  }

  private Figures.@Nullable Text judge(Parameters theta, Range part, Stop stop) {
    if (part.length() < 2) {
      return null;
    }
    Evaluation evaluation = evaluate(theta, part, stop);
    double nats = evaluation.loss();
    long characters = tokens().characters(new Range(Math.max(1, part.from()), part.to()));
    double bits = nats * evaluation.weight() / Math.log(2);
    return new Figures.Text(
        Numbers.finite(nats),
        Numbers.finite(Math.exp(nats)),
        characters == 0 ? null : Numbers.finite(bits / characters),
        Math.round(evaluation.weight()));
  }

  @Override
  public void drawForecast(Path png, Parameters theta, Stop stop) {}

  @Override
  public void close() {
    if (tokens != null) {
      tokens.close();
    }
  }
}
