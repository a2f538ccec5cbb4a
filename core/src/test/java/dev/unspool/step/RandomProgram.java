// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import dev.unspool.cell.Elman;
import dev.unspool.cell.Gru;
import dev.unspool.cell.Lstm;
import dev.unspool.cell.MinLstm;
import dev.unspool.cell.PeepholeLstm;
import dev.unspool.cell.VariationalDropout;
import dev.unspool.cell.Zoneout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/**
 * Writes step programs that nobody would write: states with and without cycles, every operation,
 * matrices used in several places and both ways round, equations that only a loss looks at. Values
 * stay small and away from where functions have no derivative.
 */
public final class RandomProgram {
  /** Widths that are mostly used: up to this one. */
  private static final int NARROW = 7;

  /** Others, around what a vector holds. */
  private static final int[] WIDE = {8, 15, 16, 17, 33};

  /** A signal and about how large its values can be. */
  private record Term(Signal signal, double size) {
    int width() {
      return signal.width();
    }
  }

  private final RandomGenerator random;
  private final Step s;
  private final int classes;
  private final boolean wide;

  /** Values that differ from step to step. */
  private final List<Term> rows = new ArrayList<>();

  /** Values that depend on parameters alone. */
  private final List<Term> shared = new ArrayList<>();

  private final List<Weights> matrices = new ArrayList<>();
  private int names;

  private RandomProgram(RandomGenerator random, Step s, int classes) {
    this.random = random;
    this.s = s;
    this.classes = classes;
    this.wide = random.nextInt(6) == 0;
  }

  /** A program, and what is to be known of it to run it. */
  public record Written(StepProgram program, int classes) {
    /**
     * Numbers go in, and an index one time in {@code often}.
     *
     * @param write equations, given the number of classes, 0 for numbers
     */
    public static Written of(
        RandomGenerator random, int often, IntFunction<StepProgram.Equations> write) {
      int classes = random.nextInt(often) == 0 ? 2 + random.nextInt(4) : 0;
      StepProgram.Equations equations = write.apply(classes);
      return new Written(
          classes > 0
              ? StepProgram.ofIndex(classes, equations)
              : StepProgram.of(1 + random.nextInt(5), equations),
          classes);
    }
  }

  /** A program as the generator has it. */
  public static Written of(RandomGenerator random) {
    return Written.of(
        random, 5, classes -> (s, x) -> new RandomProgram(random, s, classes).write(x));
  }

  private Signal write(Signal x) {
    s.initialise(Initialiser.uniform(0.7));
    s.learnInitialStates(random.nextInt(4) == 0);
    int vectors = random.nextInt(4);
    for (int i = 0; i < vectors; i++) {
      shared.add(vector(width()));
    }
    if (!shared.isEmpty() && random.nextBoolean()) {
      shared.add(ofParameters());
    }
    if (classes > 0) {
      index(x);
    } else {
      rows.add(new Term(x, 3));
    }
    var states = new ArrayList<Term>();
    int count = random.nextInt(6) == 0 ? 0 : 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      states.add(new Term(state(), 2));
    }
    rows.addAll(states);
    int operations = 1 + random.nextInt(20);
    for (int i = 0; i < operations; i++) {
      Term term = calm(random.nextInt(12) == 0 ? cell() : operation());
      (depends(term.signal()) ? rows : shared).add(term);
    }
    if (random.nextInt(8) == 0) {
      matrix(1 + random.nextInt(4), 1 + random.nextInt(4)); // nobody uses it
    }
    for (Term state : states) {
      s.next(state.signal(), next(state));
    }
    return output(x);
  }

  private int width() {
    return wide && random.nextBoolean()
        ? WIDE[random.nextInt(WIDE.length)]
        : 1 + random.nextInt(NARROW);
  }

  private static boolean depends(Signal signal) {
    return signal.node.perRow();
  }

  // ----- declarations

  private Term vector(int width) {
    return new Term(s.vector("v" + names++, width), 1);
  }

  private Weights matrix(int rows, int columns) {
    s.initialise(Initialiser.uniform(0.8 / Math.sqrt(columns))); // lest rounding errors grow
    Weights w = s.matrix("w" + names++, rows, columns);
    s.initialise(Initialiser.uniform(0.7));
    matrices.add(w);
    return w;
  }

  /** An index: only as such, and also one of a step before. */
  private void index(Signal x) {
    Weights table = matrix(classes, width());
    Signal index = random.nextInt(4) == 0 ? x.delay(1 + random.nextInt(2)) : x;
    if (random.nextInt(3) != 0) {
      rows.add(new Term(s.lookUp(table, index), 1));
    }
    if (rows.isEmpty() || random.nextInt(3) == 0) {
      rows.add(new Term(s.oneHot(random.nextInt(3) == 0 ? x : index, classes), 1));
    }
    if (random.nextInt(4) == 0) {
      rows.add(new Term(s.lookUp(table, x), 1));
    }
  }

  private Signal state() {
    String name = "s" + names++;
    int width = width();
    return switch (random.nextInt(6)) {
      case 0 -> s.state(name, width, s.constant(0.25));
      case 1 -> s.state(name, width, vector(width).signal());
      case 2 -> s.state(name, width, vector(1).signal());
      case 3 -> s.state(name, width, vector(width).signal().square().plus(0.1).sqrt().tanh());
      default -> s.state(name, width);
    };
  }

  private Signal next(Term state) {
    return switch (random.nextInt(14)) {
      case 0 -> fit(any(), state.width()); // whatever is there, perhaps another state
      case 1 -> state.signal(); // stays as it is
      case 2 -> fit(shared.isEmpty() ? vector(state.width()) : one(shared), state.width());
      case 3 -> state.width() == 1 ? s.constant(0.5) : vector(state.width()).signal();
      case 4 -> { // leaky
        Signal rate = vector(state.width()).signal().exp().negated().exp();
        yield state.signal().times(rate).plus(fit(any(), state.width()).tanh());
      }
      default -> {
        Signal sum = linear(any(), state.width()).plus(linear(any(), state.width()));
        if (random.nextBoolean()) {
          sum = sum.plus(linear(state, state.width()));
        }
        yield random.nextBoolean() ? sum.tanh() : sum.clip(-1, 1.5);
      }
    };
  }

  // ----- choices

  private Term any() {
    return one(rows);
  }

  private Term one(List<Term> of) {
    // The newest are preferred: chains rather than bushes.
    int size = of.size();
    int at =
        random.nextBoolean() ? random.nextInt(size) : Math.max(0, size - 1 - random.nextInt(3));
    return of.get(at);
  }

  /** Of that width or of width 1. */
  private Term beside(Term a) {
    var fitting = rows.stream().filter(t -> t.width() == a.width() || t.width() == 1).toList();
    var parameters = shared.stream().filter(t -> t.width() == a.width() || t.width() == 1).toList();
    return switch (random.nextInt(5)) {
      case 0 -> parameters.isEmpty() ? vector(a.width()) : one(parameters);
      case 1 -> new Term(s.constant(random.nextInt(-2, 3) * 0.5), 1);
      case 2 -> new Term(linear(any(), a.width()), 2);
      default -> fitting.isEmpty() ? vector(a.width()) : one(fitting);
    };
  }

  private Term calm(Term term) {
    return term.size() <= 4
        ? term
        : new Term(random.nextBoolean() ? term.signal().tanh() : term.signal().clip(-2.5, 2), 2.5);
  }

  private Signal linear(Term x, int outputs) {
    for (Weights w : matrices) {
      if (w.columns() == x.width() && w.rows() == outputs && random.nextBoolean()) {
        return x.signal().times(w);
      }
      if (w.rows() == x.width() && w.columns() == outputs && random.nextBoolean()) {
        return x.signal().timesTransposed(w);
      }
    }
    Signal product =
        random.nextInt(4) == 0
            ? x.signal().timesTransposed(matrix(x.width(), outputs))
            : x.signal().times(matrix(outputs, x.width()));
    return random.nextBoolean() ? product : product.plus(vector(outputs).signal());
  }

  /** The same values in another width. */
  private Signal fit(Term x, int width) {
    if (x.width() == width) {
      return x.signal();
    }
    if (x.width() > width && random.nextBoolean()) {
      return x.signal().slice(random.nextInt(x.width() - width + 1), width);
    }
    if (width % x.width() == 0 && random.nextBoolean()) {
      return x.signal().repeat(width / x.width());
    }
    return linear(calm(x), width);
  }

  private int divisor(int width) {
    int groups = 1 + random.nextInt(width);
    while (width % groups != 0) {
      groups--;
    }
    return groups;
  }

  // ----- operations

  private Term ofParameters() {
    Term a = one(shared);
    Signal v = a.signal();
    return new Term(
        switch (random.nextInt(9)) {
          case 0 -> v.exp().negated().exp();
          case 1 -> v.plus(vector(a.width()).signal());
          case 2 -> v.times(vector(a.width()).signal()).plus(1);
          case 3 -> v.sum().plus(v.mean());
          case 4 -> v.softmax();
          case 5 -> v.softplus().plus(0.5).log();
          case 6 -> v.max();
          case 7 -> s.join(v, vector(1).signal()).tanh();
          default -> v.over(v.square().plus(1));
        },
        3);
  }

  private Term operation() {
    Term a = any();
    Signal x = a.signal();
    int width = a.width();
    return switch (random.nextInt(22)) {
      case 0, 1 -> new Term(linear(a, width()), a.size() + 1);
      case 2 -> new Term(function(x), 3);
      case 3 -> new Term(kink(a), 3);
      case 4 -> {
        Term b = beside(a);
        yield new Term(x.plus(b.signal()).plus(beside(a).signal()), a.size() + b.size() + 2);
      }
      case 5 -> {
        Term b = beside(a);
        yield new Term(x.times(b.signal()), a.size() * b.size());
      }
      case 6 -> {
        Term b = beside(a);
        yield new Term(x.minus(b.signal()), a.size() + b.size());
      }
      case 7 -> new Term(x.over(beside(a).signal().square().plus(1)), a.size());
      case 8 -> new Term(s.constant(0.5).over(x.sigmoid().plus(0.5)), 2);
      case 9 -> {
        int groups = divisor(width);
        yield new Term(
            random.nextBoolean() ? x.sum(groups).times(0.3) : x.mean(groups), a.size() + 1);
      }
      case 10 -> new Term(x.max(divisor(width)), a.size());
      case 11 -> new Term(x.softmax(divisor(width)), 1);
      case 12 -> {
        int parts = divisor(width);
        yield new Term(x.part(random.nextInt(parts), parts), a.size());
      }
      case 13 -> {
        int size = 1 + random.nextInt(width);
        yield new Term(x.slice(random.nextInt(width - size + 1), size), a.size());
      }
      case 14 -> {
        Term b = random.nextInt(4) == 0 && !shared.isEmpty() ? one(shared) : any();
        yield new Term(
            random.nextBoolean() ? s.join(x, b.signal()) : s.join(b.signal(), x, b.signal()),
            Math.max(a.size(), b.size()));
      }
      case 15 -> new Term(x.repeat(1 + random.nextInt(3)), a.size());
      case 16 -> new Term(x.delay(1 + random.nextInt(3)), a.size());
      case 17 -> new Term(x.detach(), a.size());
      case 18 ->
          new Term(random.nextInt(3) == 0 ? x.dropout(0.4, random.nextInt(3)) : x, a.size() * 2);
      case 19 -> new Term(normalised(a), 3);
      case 20 -> shared.isEmpty() ? new Term(x.oneMinus(), a.size() + 1) : ofParameters();
      default -> { // gates
        Signal z = linear(calm(a), 3 * (1 + random.nextInt(3)));
        yield new Term(z.part(0, 3).sigmoid().times(z.part(1, 3).tanh()).plus(z.part(2, 3)), 3);
      }
    };
  }

  private Signal function(Signal x) {
    return switch (random.nextInt(10)) {
      case 0 -> x.sigmoid();
      case 1 -> x.tanh();
      case 2 -> x.softplus();
      case 3 -> x.silu();
      case 4 -> x.gelu();
      case 5 -> x.tanh().exp();
      case 6 -> x.softplus().plus(0.5).log();
      case 7 -> x.sin();
      case 8 -> x.cos();
      default -> x.square().plus(0.1).sqrt();
    };
  }

  private Signal kink(Term a) {
    Signal x = a.signal();
    return switch (random.nextInt(6)) {
      case 0 -> x.relu();
      case 1 -> x.abs();
      case 2 -> x.min(beside(a).signal());
      case 3 -> x.max(beside(a).signal());
      case 4 -> x.clip(-0.5, 0.75);
      default -> linear(calm(a), a.width()).ifPositive(x, beside(a).signal());
    };
  }

  /** Layer normalisation. */
  private Signal normalised(Term a) {
    Signal x = a.signal();
    Signal centred = x.minus(x.mean());
    Signal scaled = centred.over(centred.square().mean().plus(0.1).sqrt());
    return random.nextBoolean() ? scaled : scaled.times(vector(a.width()).signal());
  }

  /** A built-in cell, as a component of its own. */
  private Term cell() {
    Term a = calm(any());
    int hidden = wide ? width() : 1 + random.nextInt(4);
    Signal h =
        s.within(
            "cell" + names++,
            () ->
                switch (random.nextInt(6)) {
                  case 0 -> new Lstm().write(s, a.signal(), hidden);
                  case 1 -> new Gru().write(s, a.signal(), hidden);
                  case 2 -> new Zoneout(new PeepholeLstm(), 0.3).write(s, a.signal(), hidden);
                  case 3 ->
                      new VariationalDropout(new Gru(), 0, 0.4, random.nextInt(3))
                          .write(s, a.signal(), hidden);
                  case 4 -> new MinLstm().write(s, a.signal(), hidden);
                  default -> new Elman(Signal::tanh).write(s, a.signal(), hidden);
                });
    return new Term(h, 1);
  }

  private Signal output(Signal x) {
    return switch (random.nextInt(10)) {
      case 0 -> any().signal(); // a state, the input, something in between
      case 1 -> s.join(any().signal(), any().signal());
      case 2 -> calm(any()).signal().plus(vector(1).signal());
      case 3 ->
          linear(calm(any()), 3).plus(classes > 0 ? vector(3).signal() : linear(new Term(x, 3), 3));
      case 4 -> linear(calm(any()), 3).softmax();
      case 5 -> { // an MLP
        Signal hidden = linear(calm(any()), 4).tanh();
        yield linear(new Term(hidden, 1), 1 + random.nextInt(3)).gelu();
      }
      case 6 -> random.nextInt(4) == 0 ? vector(2).signal() : any().signal().square();
      default -> {
        Signal y = linear(calm(any()), 1 + random.nextInt(4));
        yield y.plus(linear(calm(any()), y.width())).plus(linear(calm(any()), y.width()));
      }
    };
  }
}
