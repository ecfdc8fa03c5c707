using Engine.Cli;
using Engine.Tests.Emulator;
using Native.Kernels.Driver;
using Native.Kernels.Emulation;
using Native.Kernels.Libraries;

namespace Engine.Tests.Cli;

/// <summary>A user's mistake: exit code 2, and one line on standard error that says what to do.</summary>
public sealed class MistakeTests : CommandTest
{
    [TestCase("train", "needs a model: perceptron, neuron")]
    [TestCase("train lenet", "There is no model 'lenet'. Did you mean 'lenet5'")]
    [TestCase("train something-else-entirely", "There are: perceptron, neuron")]
    [TestCase("trian neuron", "There is no command 'engine trian'. Did you mean 'train'?")]
    [TestCase("train neuron --epoch 3", "has no option '--epoch'. Did you mean --epochs?")]
    [TestCase("train neuron more", "does not know what to do with 'more'")]
    [TestCase("train neuron --epochs zwei", "--epochs was given 'zwei' and expects a whole number from 1")]
    [TestCase("train neuron --epochs 0", "--epochs was given '0'")]
    [TestCase("train neuron --epochs 99999999999", "--epochs was given '99999999999'")]
    [TestCase("train neuron --batch-size -1", "--batch-size was given '-1'")]
    [TestCase("train neuron --learning-rate 0", "--learning-rate was given '0' and expects a number above 0")]
    [TestCase("train neuron --learning-rate NaN", "--learning-rate was given 'NaN'")]
    [TestCase("train neuron --validation 1", "--validation was given '1'")]
    [TestCase("train neuron --seed -3", "--seed was given '-3'")]
    [TestCase("train neuron --dtype float16", "--dtype was given 'float16' and expects float32 or float64")]
    [TestCase("train neuron --dataset ore", "There is no data set 'ore'. Did you mean 'or' or 'xor'?")]
    [TestCase("train neuron --dataset digits --samples 5", "neuron tells two classes apart, and data set 'digits train' has 10")]
    [TestCase("train mnist-mlp --dataset line", "learns classes, and data set 'line' has numbers")]
    [TestCase("train lenet5 --dataset blobs", "LeNet-5 reads images of at least 28×28")]
    [TestCase("train mnist-mlp --data nowhere", "nowhere has no files of data set 'mnist'")]
    [TestCase("train neuron --resume", "There is nothing to resume")]
    [TestCase("train neuron --output afile/run", "Name another place with --output")]
    [TestCase("train neuron --csv afile/table.csv", "Name another place with --csv")]
    [TestCase("train neuron --csv folder", "which is a folder")]
    [TestCase("train perceptron --dtype float64", "The perceptron has no use for --dtype")]
    [TestCase("train perceptron --dataset line", "A perceptron tells two classes apart")]
    [TestCase("train neuron --device gpu", "--device was given 'gpu' and expects cpu, cuda, cuda:1 for the second GPU and so on, emulated or checked")]
    [TestCase("train neuron --device cuda:x", "--device was given 'cuda:x'")]
    [TestCase("train neuron --cuda-graph on", "--cuda-graph is for CUDA; the CPU has no use for it")]
    [TestCase("train neuron --cuda-graph yes --device emulated", "--cuda-graph was given 'yes' and expects on or off")]
    [TestCase("train neuron --device cpu --matrix-mode tf32", "--matrix-mode is for CUDA")]
    [TestCase("train neuron --device emulated --matrix-mode bf16", "--matrix-mode bf16 needs a GPU")]
    [TestCase("train neuron --device emulated --convolution cudnn", "--convolution cudnn needs a GPU")]
    [TestCase("train neuron --device emulated --matrix-product cublas", "--matrix-product cublas needs a GPU")]
    [TestCase("train neuron --device cuda --dtype float64 --matrix-mode tf32", "--matrix-mode tf32 is for float32 numbers")]
    [TestCase("train neuron --device cuda --matrix-mode tf32 --matrix-product kernels --convolution kernels", "both are switched off")]
    [TestCase("train perceptron --device emulated", "The perceptron has no use for --device")]
    [TestCase("evaluate", "'engine evaluate' needs a model")]
    [TestCase("evaluate neuron --cuda-graph on", "has no option '--cuda-graph'")]
    [TestCase("evaluate neuron", "neuron has not been trained here")]
    [TestCase("evaluate perceptron", "The perceptron keeps no file")]
    [TestCase("evaluate neuron --weights gone.safetensors", "There is no file")]
    [TestCase("evaluate neuron --weights afile", "afile: byte 0")]
    [TestCase("predict", "needs a picture")]
    [TestCase("predict afile", "There is no network trained on pictures")]
    [TestCase("summary", "'engine summary' needs a model")]
    [TestCase("summary lenet5 --input 28x", "--input was given '28x'")]
    [TestCase("summary lenet5 --input 1,8,8", "at least 28×28")]
    [TestCase("summary lenet5 --input 99999,99999,99999", "--input was given")]
    [TestCase("gradcheck Conv3D", "There is no layer or loss 'Conv3D'. Did you mean 'Conv2D'?")]
    [TestCase("gradcheck Dense --device gpu", "--device was given 'gpu'")]
    [TestCase("bench kernels gem", "There is no ladder of kernels for 'gem' on cpu. Did you mean 'GEMM'")]
    [TestCase("bench kernels reduction --device cpu", "There is no ladder of kernels for 'reduction' on cpu")]
    [TestCase("bench --only banana", "No operation has 'banana' in its name")]
    [TestCase("bench kernels --scale 2", "--scale was given '2' and expects a number above 0 and up to 1")]
    [TestCase("kernel", "'engine kernel' needs a command: check, list")]
    [TestCase("kernel check", "'engine kernel check' needs a .cu file")]
    [TestCase("kernel check gone.cu", "There is no file")]
    [TestCase("kernel check afile", "afile declares no kernel")]
    [TestCase("data", "'engine data' needs a command: list, get")]
    [TestCase("data get nmist", "There is no data set 'nmist'. Did you mean 'mnist'?")]
    [TestCase("data get", "'engine data get' needs a data set")]
    public void A_mistake_is_one_line_that_says_what_to_do(string line, string expected)
    {
        File.WriteAllText(Path("afile"), "neither weights nor a picture");
        Directory.CreateDirectory(Path("folder"));
        Outcome outcome = Run(line);
        Assert.That(outcome.Code, Is.EqualTo(ExitCode.Mistake), outcome.Error);
        Assert.That(outcome.Error, Does.StartWith("engine: ").And.EndWith("\n").And.Contain(expected));
        Assert.That(outcome.Error.TrimEnd('\n'), Does.Not.Contain('\n'));
        Assert.That(outcome.Output, Is.Empty);
    }

    [Test]
    public void Weights_of_another_model_are_refused_with_both_names()
    {
        Succeed("train neuron --epochs 1");
        Outcome outcome = Run("evaluate logistic --weights runs/neuron/weights.safetensors");
        Assert.That(outcome.Code, Is.EqualTo(ExitCode.Mistake));
        Assert.That(outcome.Error, Does.Contain("holds the weights of 'neuron', not of 'logistic'"));
    }

    [Test]
    public void A_run_cannot_be_resumed_with_other_settings()
    {
        Succeed("train neuron --epochs 2");
        Outcome outcome = Run("train neuron --resume --epochs 4 --batch-size 2");
        Assert.That(outcome.Code, Is.EqualTo(ExitCode.Mistake));
        Assert.That(outcome.Error, Does.Contain("batch size differs"));
    }

    [Test]
    public void A_stack_trace_is_shown_only_on_demand()
    {
        Assert.That(Run("train lenet").Error, Does.Not.Contain("   at "));
        Assert.That(Run("train lenet --debug").Error, Does.Contain("   at "));
    }

    [Test]
    public void A_defect_says_so_and_exits_with_70()
    {
        (int code, string line) = ErrorBoundary.Describe(new InvalidOperationException("two and two are five"));
        Assert.That(code, Is.EqualTo(70));
        Assert.That(line, Does.Contain("two and two are five").And.Contain("--debug"));
    }

    [RequiresEmulator]
    [Test]
    public void A_machine_without_what_CUDA_needs_is_no_defect()
    {
        CudaException Cuda(CudaResult result) => new(EmulatedDriver.Plain, result, "cuInit", "");
        LibraryReport missing = new(NativeLibraries.CuDnn, "cuDNN", null, null, ["/a/libcudnn.so.9"], [], "Install cuDNN 9");
        (Exception Problem, int Code)[] problems =
        [
            (new NativeLibraryException(missing), ExitCode.Mistake),
            (new EmulatorMissingException("libengine_emulator.so"), ExitCode.Mistake),
            (new CompilerMissingException(), ExitCode.Mistake),
            (new KernelCompilationException("mine.cu", "mine.cu:2: error"), ExitCode.Mistake),
            (Cuda(CudaResult.NoDevice), ExitCode.Mistake),
            (Cuda(CudaResult.InvalidDevice), ExitCode.Mistake),
            (Cuda(CudaResult.OutOfMemory), ExitCode.Failure),
            (Cuda(CudaResult.IllegalAddress), ExitCode.Failure),
        ];
        foreach ((Exception problem, int code) in problems)
        {
            (int given, string line) = ErrorBoundary.Describe(problem);
            Assert.That(given, Is.EqualTo(code), line);
            Assert.That(line, Does.Not.Contain("should not have happened"));
        }
    }

    [TestCase("lenet", "lenet5", 1)]
    [TestCase("mnsit-mlp", "mnist-mlp", 1)]
    [TestCase("VGG", "vgg", 0)]
    [TestCase("", "abc", 3)]
    [TestCase("kitten", "sitting", 3)]
    public void The_distance_of_words_counts_letters_changed_and_neighbours_swapped(string a, string b, int distance)
    {
        Assert.That(Nearest.Distance(a, b), Is.EqualTo(distance));
        Assert.That(Nearest.Distance(b, a), Is.EqualTo(distance));
    }
}
