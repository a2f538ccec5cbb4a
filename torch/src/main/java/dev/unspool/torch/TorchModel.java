// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.model.Model;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.StateLayout;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * A model written with libtorch: a function {@code (θ, x_t, s_t) → (y_t, s_{t+1})} over tensors,
 * differentiated by libtorch's autograd.
 *
 * <pre>{@code
 * var model =
 *     TorchModel.builder()
 *         .inputs(3)
 *         .outputs(8)
 *         .parameter("w", 8, 3)
 *         .parameter("u", 8, 8)
 *         .state("h", 8)
 *         .step((p, x, s) -> {
 *           Tensor h = x.matmul(p.get("w").t()).add(s.get("h").matmul(p.get("u").t())).tanh();
 *           return StepOutput.of(h, h);
 *         })
 *         .build();
 * }</pre>
 *
 * <p>Dimension 0 of every tensor is the lane. Features of inputs, outputs and state arrays may have
 * any shape; the engine sees them flat and row-major. The engine's own numbers are float32; with
 * {@link Builder#dtype} the steps and sweeps calculate in float64, and the state is carried so
 * (though a {@link dev.unspool.model.State} that is read out is float32).
 *
 * <p>Random numbers: before each step of a tape opened for training, and before its readout,
 * libtorch's default generator is seeded from the tape's seed and the number of the step, so that
 * dropout is the same when a step is run again ({@link dev.unspool.model.WeightPolicy#REPLAY}, a
 * loaded checkpoint). A process has one such generator: a model may be shared between threads, but
 * where steps that draw run in several of them at once, what is drawn depends on how they take
 * turns.
 */
public final class TorchModel implements Model {
  private final ParameterLayout parameters;
  private final StateLayout state;
  private final List<StateArray> stateArrays;
  private final long[] inputShape;
  private final long[] outputShape;
  private final ScalarType type;
  private final Device device;
  private final Step.WithMode step;
  private final @Nullable Readout readout;
  private final BiConsumer<Parameters, RandomGenerator> initialiser;
  private final Modules modules;
  private final boolean checked;

  private TorchModel(Builder builder, Step.WithMode step, long[] inputShape, long[] outputShape) {
    this.stateArrays =
        builder.states.stream()
            .map(s -> s.type() == ScalarType.Undefined ? s.as(builder.type) : s)
            .toList();
    var layout = ParameterLayout.builder();
    builder.parameters.forEach(layout::add);
    for (StateArray array : stateArrays) {
      if (array.initial() != null) {
        layout.add(array.initial(), Shapes.ints(array.shape()));
      }
    }
    this.parameters = layout.build();
    this.state =
        new StateLayout(
            stateArrays.stream().map(s -> new StateLayout.Entry(s.name(), s.size())).toList());
    this.inputShape = inputShape;
    this.outputShape = outputShape;
    this.type = builder.type;
    this.device = builder.device();
    this.device.retainReference(); // the scope that a model is built in may end before it
    this.step = step;
    this.readout = builder.readout;
    this.modules = builder.modules.copy();
    this.checked = builder.checked;
    BiConsumer<Parameters, RandomGenerator> custom = builder.initialiser;
    this.initialiser = custom != null ? custom : defaultInitialiser(builder.moduleValues);
  }

  /** Begins to describe a model; loads libtorch. */
  public static Builder builder() {
    LibTorch.load();
    return new Builder();
  }

  @Override
  public ParameterLayout parameters() {
    return parameters;
  }

  @Override
  public StateLayout state() {
    return state;
  }

  @Override
  public int inputs() {
    return Shapes.size(inputShape);
  }

  @Override
  public int outputs() {
    return Shapes.size(outputShape);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Unless {@link Builder#initialiser} says otherwise: parameters of a module get the values
   * that the module had when the model was built, initial states zeros, and all others are uniform
   * in ±1/√n, where n is the number of values that one output is made of (all extents but the
   * first; the only extent of a vector).
   */
  @Override
  public void initialise(Parameters theta, RandomGenerator random) {
    requireLayout(theta);
    initialiser.accept(theta, random);
  }

  private BiConsumer<Parameters, RandomGenerator> defaultInitialiser(
      Map<String, float[]> moduleValues) {
    var values = Map.copyOf(moduleValues);
    var initials = stateArrays.stream().map(StateArray::initial).toList();
    return (theta, random) -> {
      for (var slice : parameters.slices()) {
        float[] given = values.get(slice.name());
        if (given != null) {
          theta.set(slice.name(), given);
        } else {
          int rows = slice.shape().size() > 1 ? slice.shape().getFirst() : 1;
          double bound = 1 / Math.sqrt((double) slice.size() / rows);
          for (int i = slice.offset(); i < slice.end(); i++) {
            theta.values()[i] =
                initials.contains(slice.name()) ? 0 : (float) random.nextDouble(-bound, bound);
          }
        }
      }
    };
  }

  @Override
  public Tape open(Parameters theta, TapeOptions options) {
    requireLayout(theta);
    return new TorchTape(this, theta, options);
  }

  private void requireLayout(Parameters theta) {
    if (!theta.layout().equals(parameters)) {
      throw new IllegalArgumentException(
          "the parameters belong to another model; this one has %s:%n%s%nfound %s:%n%s"
              .formatted(parameters.size(), parameters, theta.layout().size(), theta.layout()));
    }
  }

  List<StateArray> stateArrays() {
    return stateArrays;
  }

  long[] inputShape() {
    return inputShape;
  }

  ScalarType type() {
    return type;
  }

  Device device() {
    return device;
  }

  Step.WithMode step() {
    return step;
  }

  @Nullable Readout readout() {
    return readout;
  }

  /** The module's own parameter of that name, null if θ's tensors are passed to the step. */
  @Nullable Tensor bound(String parameter) {
    return modules.parameters().get(parameter);
  }

  Modules modules() {
    return modules;
  }

  boolean checked() {
    return checked;
  }

  /** Describes a model. */
  public static final class Builder {
    private final Map<String, int[]> parameters = new LinkedHashMap<>();
    private final Modules modules = new Modules();
    private final Map<String, float[]> moduleValues = new LinkedHashMap<>();
    private final List<StateArray> states = new ArrayList<>();
    private long @Nullable [] inputShape;
    private long @Nullable [] outputShape;
    private ScalarType type = ScalarType.Float;
    private String device = "cpu";
    private Step.@Nullable WithMode step;
    private @Nullable Readout readout;
    private @Nullable BiConsumer<Parameters, RandomGenerator> initialiser;
    private boolean checked = true;

    private Builder() {}

    /** Shape of the inputs of one lane at one step. */
    public Builder inputs(long... shape) {
      this.inputShape = Shapes.checked("the input", shape);
      return this;
    }

    /** Shape of the outputs of one lane at one step. */
    public Builder outputs(long... shape) {
      this.outputShape = Shapes.checked("the output", shape);
      return this;
    }

    /** Adds a parameter; no extent gives a single number. */
    public Builder parameter(String name, int... shape) {
      if (parameters.putIfAbsent(name, shape.clone()) != null) {
        throw new IllegalArgumentException("parameter '%s' is there already".formatted(name));
      }
      return this;
    }

    /** Adds a state array of the model's data type that begins as zeros. */
    public Builder state(String name, long... shape) {
      states.add(new StateArray(name, Shapes.checked(name, shape), ScalarType.Undefined, null));
      return this;
    }

    /**
     * Adds a state array that begins as zeros.
     *
     * @param dtype Float, Double, Half, BFloat16, Byte, Char, Short, Int, Long or Bool; no
     *     derivative goes through integers and booleans. A complex array is two of these, its real
     *     and its imaginary part
     */
    public Builder state(String name, ScalarType dtype, long... shape) {
      StateArray.requireStorable(name, dtype);
      states.add(new StateArray(name, Shapes.checked(name, shape), dtype, null));
      return this;
    }

    /** Adds a state array whose initial value is the parameter {@code initial.<name>}. */
    public Builder learnedState(String name, long... shape) {
      states.add(
          new StateArray(
              name, Shapes.checked(name, shape), ScalarType.Undefined, StateLayout.initial(name)));
      return this;
    }

    /** Data type of parameters, inputs and states: float32 unless said, or float64. */
    public Builder dtype(ScalarType value) {
      if (value != ScalarType.Float && value != ScalarType.Double) {
        throw new IllegalArgumentException("dtype must be Float or Double, found " + value);
      }
      this.type = value;
      return this;
    }

    /**
     * Where the tensors live: {@code cpu} unless said, or {@code cuda}, {@code cuda:1}. CUDA needs
     * libtorch's CUDA libraries on the class path, which are another artifact; docs/from-pytorch.md
     * names it.
     *
     * @throws IllegalArgumentException if there is no such device; the message says what to do
     */
    public Builder device(String value) {
      this.device = Devices.checked(value);
      return this;
    }

    /** How θ begins; see {@link TorchModel#initialise}. */
    public Builder initialiser(BiConsumer<Parameters, RandomGenerator> value) {
      this.initialiser = value;
      return this;
    }

    /**
     * Adds the parameters of an existing module under their own names, as far as they require
     * gradients; one that has several names is one parameter, under the first. While a step runs,
     * they hold θ: the step calls the module and need not look at its first argument. The module
     * belongs to this model from now on: nobody else trains it, and two tapes use it one after the
     * other, not at once. May be called for several modules.
     *
     * <p>Buffers of a module are constants: a step that writes to one, as batch norm does to its
     * running statistics, is refused, since neither θ nor a checkpoint has them.
     */
    public Builder module(Module value) {
      modules.add(
          value,
          (name, parameter) -> {
            parameter(name, Shapes.ints(Shapes.of(parameter)));
            var values = new float[Math.toIntExact(parameter.numel())];
            HostArrays.read(parameter, values, 0);
            moduleValues.put(name, values);
          });
      return this;
    }

    /** The function. */
    public Builder step(Step value) {
      this.step = (parameters, x, state, training) -> value.apply(parameters, x, state);
      return this;
    }

    /** The function, which is told whether it is training. */
    public Builder step(Step.WithMode value) {
      this.step = value;
      return this;
    }

    /** What leads from the step's output to the model's; nothing unless said. */
    public Builder readout(Readout value) {
      this.readout = value;
      return this;
    }

    /**
     * Switches the look for NaN in outputs and states off, which costs a few operations per step
     * and array (and on a GPU, waiting for the result).
     */
    public Builder unchecked() {
      this.checked = false;
      return this;
    }

    private Device device() {
      return new Device(device);
    }

    /** The model. */
    public TorchModel build() {
      if (step == null || inputShape == null || outputShape == null) {
        throw new IllegalStateException(
            "a model needs %s; call it before build()"
                .formatted(
                    step == null ? "a step(…)" : inputShape == null ? "inputs(…)" : "outputs(…)"));
      }
      modules
          .parameters()
          .forEach(
              (name, parameter) -> {
                Devices.requireSame(name, parameter.device(), device());
                if (parameter.scalar_type().intern() != type) {
                  throw new IllegalArgumentException(
                      "the module's parameter '%s' is %s, the model %s; set the model's dtype, or convert the module with to(ScalarType)"
                          .formatted(name, parameter.scalar_type().intern(), type));
                }
              });
      return new TorchModel(this, step, inputShape, outputShape);
    }
  }
}
