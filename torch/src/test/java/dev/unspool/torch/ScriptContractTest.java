// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.model.Parameters;
import dev.unspool.model.Steps;
import dev.unspool.step.ExportContract;
import dev.unspool.step.StackedState;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Exported modules in libtorch's interpreter. */
final class ScriptContractTest extends ExportContract {
  @Override
  protected Exported export(StepProgram model, Parameters theta, Path file) throws IOException {
    TorchScriptExport.write(model, theta, file);
    return new Module(torch.load(file.toString()), StackedState.of(model.state()));
  }

  private record Module(JitModule module, List<StackedState> groups) implements Exported {
    @Override
    public Map<String, float[]> run(Steps x, boolean indices, Map<String, float[]> states) {
      var host = new HostArrays(ScalarType.Float, new Device("cpu"));
      Map<String, float[]> found = new HashMap<>();
      try (var _ = new PointerScope()) {
        Tensor input = host.tensor(x.values(), 0, x.size(), x.steps(), x.lanes(), x.features());
        var arguments = new IValueVector();
        arguments.push_back(new IValue(indices ? input.select(2, 0).to(ScalarType.Long) : input));
        for (StackedState group : groups) {
          float[] values = Objects.requireNonNull(states.get(group.name()));
          int layers = group.arrays().size();
          long[] shape = {x.lanes(), group.width()};
          long[] stacked = {layers, x.lanes(), group.width()};
          var tensor = host.tensor(values, 0, values.length, group.stacked() ? stacked : shape);
          arguments.push_back(new IValue(tensor));
        }
        IValue result = module.forward(arguments);
        found.put("y", values(groups.isEmpty() ? result : element(result, 0)));
        for (int i = 0; i < groups.size(); i++) {
          found.put(groups.get(i).name() + "_next", values(element(result, i + 1)));
        }
      }
      return found;
    }

    @Override
    public Map<String, float[]> initial() {
      Map<String, float[]> found = new HashMap<>();
      try (var _ = new PointerScope()) {
        if (!module.find_method("initial").has_value()) {
          return found;
        }
        var lanes = new IValueVector();
        lanes.push_back(new IValue(1L));
        IValue result = module.get_method("initial").apply(lanes);
        for (int i = 0; i < groups.size(); i++) {
          IValue value = groups.size() == 1 ? result : element(result, i);
          found.put(groups.get(i).name(), values(value));
        }
      }
      return found;
    }

    private static IValue element(IValue tuple, int index) {
      return tuple.toTuple().elements().get(index);
    }

    private static float[] values(IValue value) {
      Tensor tensor = value.toTensor();
      var values = new float[(int) tensor.numel()];
      HostArrays.read(tensor, values, 0);
      return values;
    }

    @Override
    public void close() {
      module.close();
    }
  }
}
