// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

import dev.unspool.step.Initialiser;
import dev.unspool.step.LayerName;
import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;
import dev.unspool.step.StepProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes a NARX model down as the program of a step, in closed, open or guided loop: the parameters
 * are the same ones. What a signal was some steps ago is a state: {@code input.delay<d>}, {@code
 * output.delay<d>}, {@code layer<l>.delay<d>}, and where measured outputs may be seen {@code
 * measured.delay<d>}.
 */
final class NarxProgram {
  private final NarxSpec spec;
  private final Step s;

  /** A signal of some steps ago: one step ago first. */
  private final class Line {
    private final @Nullable Signal now;
    private final List<Signal> past = new ArrayList<>();

    /**
     * Declares states.
     *
     * @param now the signal itself, where it is known before the step is written
     */
    Line(String name, @Nullable Signal now, int width, int longest) {
      this.now = now;
      for (int delay = 1; delay <= longest; delay++) {
        past.add(s.state("%s.delay%s".formatted(name, delay), width));
      }
    }

    /** Some of it side by side. */
    Signal taps(List<Integer> delays) {
      return s.join(delays.stream().map(this::ago).toArray(Signal[]::new));
    }

    private Signal ago(int delay) {
      return delay == 0 && now != null ? now : past.get(delay - 1);
    }

    void next(Signal value) {
      for (int i = 0; i < past.size(); i++) {
        s.next(past.get(i), i == 0 ? value : past.get(i - 1));
      }
    }
  }

  /**
   * What weights of a layer act upon.
   *
   * @param name of where it comes from; empty for the layer below
   * @param signal taps side by side
   * @param taps how many of them
   */
  private record Source(String name, Signal signal, int taps) {
    String weight() {
      return name.isEmpty() ? "weight" : name + ".weight";
    }
  }

  private NarxProgram(NarxSpec spec, Step s) {
    this.spec = spec;
    this.s = s;
  }

  /** Simulates: takes u, and sees its own outputs. Without inputs, it takes a number in vain. */
  static StepProgram closed(NarxSpec spec) {
    return StepProgram.of(
        Math.max(1, spec.inputs()), (s, u) -> new NarxProgram(spec, s).write(u, null, null));
  }

  /** Predicts one step ahead: takes u, followed by the measured y of the same step. */
  static StepProgram open(NarxSpec spec) {
    int nu = spec.inputs();
    return StepProgram.of(
        nu + spec.outputs(),
        (s, x) ->
            new NarxProgram(spec, s)
                .write(nu == 0 ? x : x.slice(0, nu), x.slice(nu, spec.outputs()), null));
  }

  /** Sees what it is told to: takes u, the measured y, and for each y whether that is seen. */
  static StepProgram guided(NarxSpec spec) {
    int nu = spec.inputs();
    int ny = spec.outputs();
    return StepProgram.of(
        nu + 2 * ny,
        (s, x) ->
            new NarxProgram(spec, s)
                .write(nu == 0 ? x : x.slice(0, nu), x.slice(nu, ny), x.slice(nu + ny, ny)));
  }

  /**
   * Writes the step.
   *
   * @param measured what the taps on the outputs see; null for the model's own
   * @param guide for each of them 1, or 0 for the model's own after all; null for 1
   */
  private Signal write(Signal u, @Nullable Signal measured, @Nullable Signal guide) {
    var input = new Line("input", u, u.width(), NarxSpec.longest(spec.seenInputs()));
    int internal = NarxSpec.longest(spec.internalDelays());
    int ny = spec.outputs();
    var seen = measured == null ? null : new Line("measured", null, ny, spec.longestOutputDelay());
    var output = new Line("output", null, ny, spec.longestDelayOfOwnOutputs(seen == null));
    var sizes = spec.core().sizes();
    var lines = new ArrayList<Line>();
    for (int l = 0; l < sizes.size(); l++) {
      lines.add(new Line(layer(l), null, outputs(sizes.get(l)), internal));
    }
    lines.add(output);

    var sources = new ArrayList<Source>();
    add(sources, "input", spec.seenInputs(), input::taps);
    add(sources, "output", spec.outputDelays(), (seen == null ? output : seen)::taps);
    for (int l = 0; l < sizes.size(); l++) {
      addInternal(sources, l, lines);
      Signal h = layer(l, sizes.get(l), sources);
      lines.get(l).next(h);
      sources.clear();
      sources.add(new Source("", h, 1));
    }
    addInternal(sources, sizes.size(), lines);
    Signal y = s.within("output", () -> affine(sources, ny));
    output.next(y);
    input.next(u);
    if (seen != null && measured != null) {
      seen.next(guide == null ? measured : guide.times(measured).plus(guide.oneMinus().times(y)));
    }
    return y;
  }

  private static String layer(int l) {
    return "layer" + l;
  }

  /** Whether a parameter stands in the first layer. */
  static boolean isOfFirstLayer(String parameter) {
    LayerName ofCell = LayerName.ofParameter(parameter);
    return ofCell != null ? ofCell.layer() == 0 : parameter.startsWith(layer(0) + ".");
  }

  private static void add(
      List<Source> sources,
      String name,
      List<Integer> delays,
      Function<List<Integer>, Signal> taps) {
    if (!delays.isEmpty()) {
      sources.add(new Source(name, taps.apply(delays), delays.size()));
    }
  }

  /** What the layers from the l-th on have yielded before; the last of them is the output. */
  private void addInternal(List<Source> sources, int l, List<Line> lines) {
    int output = lines.size() - 1;
    // What comes back from the output to the first layer, outputDelays describe.
    int end = l == 0 ? output : output + 1;
    for (int from = l; from < end; from++) {
      String name = from == output ? "output" : layer(from);
      add(sources, name, spec.internalDelays(), lines.get(from)::taps);
    }
  }

  private int outputs(int units) {
    return spec.core() instanceof NarxCore.Recurrent(RecurrentCell cell, List<Integer> _)
        ? cell.outputs(units)
        : units;
  }

  private Signal layer(int l, int units, List<Source> sources) {
    return switch (spec.core()) {
      case NarxCore.Tanh _ -> s.within(layer(l), () -> affine(sources, units).tanh());
      case NarxCore.Recurrent(RecurrentCell cell, List<Integer> _) ->
          s.layer(
              l,
              () -> {
                Signal x = join(sources);
                s.initialise(Initialiser.uniform(1 / Math.sqrt(x.width() + units)));
                return cell.write(s, x, units);
              });
    };
  }

  private Signal join(List<Source> sources) {
    return s.join(sources.stream().map(Source::signal).toArray(Signal[]::new));
  }

  private Signal affine(List<Source> sources, int units) {
    int signals = sources.stream().mapToInt(source -> source.signal().width()).sum();
    double bound = 1 / Math.sqrt(signals);
    Signal sum = null;
    for (var source : sources) {
      s.initialise(byTaps(bound, source.taps()));
      Signal term = s.linear(source.weight(), source.signal(), units);
      sum = sum == null ? term : sum.plus(term);
    }
    s.initialise(Initialiser.uniform(bound));
    Signal bias = s.vector("bias", units);
    return sum == null ? bias : sum.plus(bias);
  }

  /** Uniform in ±bound, drawn tap after tap, so that another tap does not shuffle the others. */
  private static Initialiser byTaps(double bound, int taps) {
    return (theta, offset, rows, columns, random) -> {
      int width = columns / taps;
      for (int tap = 0; tap < taps; tap++) {
        for (int row = 0; row < rows; row++) {
          for (int i = 0; i < width; i++) {
            theta[offset + row * columns + tap * width + i] =
                (float) random.nextDouble(-bound, bound);
          }
        }
      }
    };
  }
}
