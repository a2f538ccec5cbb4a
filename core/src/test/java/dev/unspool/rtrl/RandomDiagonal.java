// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.step.Initialiser;
import dev.unspool.step.RandomProgram.Written;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Writes step programs in which each unit of the state depends on itself alone, in every way that
 * such a thing can be written: leaks, gates, rotations, peepholes, delays, parameters that several
 * units share, functions of parameters, initial values that are learned.
 */
final class RandomDiagonal {
  private final RandomGenerator random;
  private final Step s;
  private final int classes;
  private int names;

  /** What has been computed from the input alone, and may act on a state. */
  private final List<Signal> below = new ArrayList<>();

  private RandomDiagonal(RandomGenerator random, Step s, int classes) {
    this.random = random;
    this.s = s;
    this.classes = classes;
  }

  static Written of(RandomGenerator random) {
    return Written.of(
        random, 4, classes -> (s, x) -> new RandomDiagonal(random, s, classes).write(x));
  }

  private Signal write(Signal x) {
    s.initialise(Initialiser.uniform(0.7));
    s.learnInitialStates(random.nextInt(3) == 0);
    below.add(classes > 0 ? s.oneHot(x, classes) : x);
    if (random.nextInt(4) == 0) {
      below.add(below.getFirst().delay(1 + random.nextInt(2)));
    }
    if (random.nextInt(4) == 0) { // of no exact derivative, and in nobody's way
      below.add(s.linear("projection", below.getFirst(), 1 + random.nextInt(4)).tanh());
    }
    if (random.nextInt(6) == 0) {
      below.add(below.getFirst().dropout(0.3));
    }
    var yielded = new ArrayList<Signal>();
    int groups = 1 + random.nextInt(3);
    for (int group = 0; group < groups; group++) {
      int units = random.nextInt(4) == 0 ? 15 + random.nextInt(4) : 1 + random.nextInt(6);
      Signal h = group(units, classes > 0 ? x : null);
      if (random.nextInt(4) == 0) { // on top of it, unit by unit: one group with it
        Signal upper = state("upper", units);
        h = s.next(upper, upper.times(rate(units)).plus(h).tanh()).plus(upper);
      }
      if (random.nextInt(4) == 0) {
        h = h.plus(h.delay(1 + random.nextInt(2)).times(vector(units)));
      }
      yielded.add(h);
    }
    return output(x, yielded);
  }

  private String name(String of) {
    return of + names++;
  }

  private Signal vector(int width) {
    return s.vector(name("v"), width);
  }

  /** Between 0 and 1: a function of parameters, of which several units may share one. */
  private Signal rate(int units) {
    return switch (random.nextInt(4)) {
      case 0 -> vector(units).exp().negated().exp();
      case 1 -> vector(1).sigmoid();
      case 2 -> units % 2 == 0 ? vector(units / 2).sigmoid().repeat(2) : vector(units).sigmoid();
      default -> vector(units).sigmoid();
    };
  }

  private Signal state(String name, int units) {
    return switch (random.nextInt(5)) {
      case 0 -> s.state(name(name), units, s.constant(0.25));
      case 1 -> s.state(name(name), units, vector(units).tanh());
      default -> s.state(name(name), units);
    };
  }

  private Signal seen(int outputs) {
    Signal x = below.get(random.nextInt(below.size()));
    Signal product =
        random.nextInt(4) == 0
            ? x.timesTransposed(s.matrix(name("w"), x.width(), outputs))
            : x.times(s.matrix(name("w"), outputs, x.width()));
    return random.nextBoolean() ? product : product.plus(vector(outputs));
  }

  private Signal group(int units, @Nullable Signal index) {
    Signal h = state("h", units);
    return switch (random.nextInt(8)) {
      case 0 -> s.next(h, h.times(rate(units)).plus(seen(units)));
      case 1 -> { // a minimal GRU
        Signal both = seen(2 * units);
        Signal z = both.part(0, 2).sigmoid();
        yield s.next(h, z.oneMinus().times(h).plus(z.times(both.part(1, 2).tanh())));
      }
      case 2 -> { // a rotation
        Signal other = state("im", units);
        Signal angle = vector(units);
        Signal radius = rate(units);
        Signal re = radius.times(angle.cos());
        Signal im = radius.times(angle.sin());
        Signal in = seen(2 * units);
        Signal gamma = radius.square().negated().plus(1.01).sqrt();
        Signal nextRe = re.times(h).minus(im.times(other)).plus(gamma.times(in.part(0, 2)));
        s.next(other, im.times(h).plus(re.times(other)).plus(gamma.times(in.part(1, 2))));
        s.next(h, nextRe);
        yield random.nextBoolean() ? h.minus(other) : nextRe.tanh();
      }
      case 3 -> s.next(h, seen(units).plus(h.times(vector(units))).tanh()); // an IndRNN
      case 4 -> { // peepholes
        Signal c = state("c", units);
        Signal z = seen(3 * units);
        Signal i = z.part(0, 3).plus(c.times(vector(units))).sigmoid();
        Signal f = z.part(1, 3).plus(h.times(vector(units))).sigmoid();
        Signal next = f.times(c).plus(i.times(z.part(2, 3).tanh()));
        s.next(c, next);
        yield s.next(h, next.tanh().times(vector(units)));
      }
      case 5 -> { // several constants on one way
        Signal next = h.times(0.8).times(0.7).plus(seen(units));
        yield s.next(h, next.plus(next.times(0.9)).times(0.6));
      }
      case 6 -> { // a state that something switches, and that a derivative does not enter
        Signal gate = seen(units);
        Signal next = h.times(rate(units)).plus(h.detach().times(seen(units)).times(0.2));
        yield s.next(h, gate.ifPositive(next, h.over(vector(units).square().plus(1))));
      }
      default -> {
        Signal row =
            index == null ? seen(units) : s.lookUp(s.matrix(name("t"), classes, units), index);
        yield s.next(h, h.times(rate(units)).plus(row).minus(vector(units).square()));
      }
    };
  }

  private Signal output(Signal x, List<Signal> of) {
    Signal all = s.join(of.toArray(Signal[]::new));
    Signal y =
        switch (random.nextInt(4)) {
          case 0 -> all.square();
          case 1 -> s.linear("hidden", "bias", all, 3).tanh();
          case 2 -> all.minus(all.mean());
          default -> s.linear("out", "bias", all, 2);
        };
    return random.nextInt(3) == 0 && classes == 0 ? s.join(y, x.times(vector(x.width()))) : y;
  }
}
