// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.task;

import dev.unspool.data.Bytes;
import dev.unspool.data.Range;
import dev.unspool.data.TextSource;
import dev.unspool.data.Tokens;
import dev.unspool.engine.BlockSource;
import dev.unspool.inference.Evaluation;
import dev.unspool.loss.Loss;
import dev.unspool.loss.SoftmaxCrossEntropy;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.network.Input;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A text of the {@link Grammar}, byte by byte: it is the same wherever it is made, and what could
 * at best be reached is known.
 */
final class TextTask implements Task {
  private static final int TRAINING = 1_000_000;
  private static final int VALIDATION = 10_000;
  private static final int TEST = 50_000;
  private static final int LANES = 8;
  private static final int BLOCK = 100;

  private final Tokens training;
  private final Tokens validation;
  private final Tokens test;
  private final double floor;

  /** Makes up the text. */
  TextTask() throws IOException {
    var judge = new Grammar(3).upTo(TEST);
    this.training = tokens(new Grammar(1).upTo(TRAINING));
    this.validation = tokens(new Grammar(2).upTo(VALIDATION));
    this.test = tokens(judge);
    this.floor = judge.bitsPerCharacter();
  }

  private static Tokens tokens(Grammar grammar) throws IOException {
    Path file = Files.createTempFile("unspool-grammar", ".txt");
    try {
      Files.writeString(file, grammar.text(), StandardCharsets.US_ASCII);
      return Tokens.read(file, new Bytes()); // mapped: the name is not needed any more
    } finally {
      Files.delete(file);
    }
  }

  @Override
  public String name() {
    return "text";
  }

  @Override
  public String measure() {
    return "bits per character";
  }

  @Override
  public String reference() {
    return "the language itself " + Figures.of(floor);
  }

  @Override
  public Input input() {
    return new Input.OneHot(outputs());
  }

  @Override
  public int outputs() {
    return new Bytes().size();
  }

  @Override
  public Loss loss() {
    return new SoftmaxCrossEntropy();
  }

  @Override
  public BlockSource training(int lanes, long seed) {
    return source(training, lanes);
  }

  @Override
  public double validate(Model model, Parameters theta) {
    return evaluate(model, theta, validation);
  }

  @Override
  public double test(Model model, Parameters theta) {
    return evaluate(model, theta, test) / Math.log(2);
  }

  private double evaluate(Model model, Parameters theta, Tokens text) {
    return Evaluation.run(model, theta, source(text, LANES), loss(), BLOCK).loss();
  }

  private static TextSource source(Tokens text, int lanes) {
    return new TextSource(text, new Range(0, text.size()), lanes);
  }

  @Override
  public void close() {
    training.close();
    validation.close();
    test.close();
  }
}
