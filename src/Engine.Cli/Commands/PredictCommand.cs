using System.CommandLine;
using Engine.Cli.Options;
using Engine.Cli.Rendering;
using Engine.Data;
using Engine.Layers;
using Engine.Models;
using Engine.Tensors;
using Engine.Training;

namespace Engine.Cli.Commands;

/// <summary><c>engine predict IMAGE…</c>: what a trained network takes pictures for.</summary>
internal static class PredictCommand
{
    private const int ClassesShown = 5;

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string[]> images = new("IMAGE") { Description = "Pictures: PNG, PGM or PPM", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> weights = EvaluateCommand.WeightsOption();
        Option<string?> model = Setting.Text("--model", "The model, where it is not the one trained last", "MODEL");
        ProfileOption profile = new();
        Command command = new("predict", "Show what a trained network takes pictures for") { images, weights, model, profile.Option };
        ComputeOptionGroup compute = new();
        foreach (Option option in compute)
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            string[] paths = parsed.GetValue(images) ?? [];
            if (paths.Length == 0)
            {
                throw new MistakeException("'engine predict' needs a picture, PNG, PGM or PPM. For example: engine predict seven.png");
            }

            string? name = parsed.GetValue(model);
            ModelDefinition? chosen = name is null ? null : ModelNames.Find(name, "predict --model");

            // Over in a moment, so nobody is likely to cut the file short meanwhile.
            TrainedNetwork trained = TrainedNetwork.Load(terminal, parsed.GetValue(weights), chosen, compute.Read(parsed), batchSize: 1, mapped: true);
            RequirePictures(trained);
            ProfileRequest profiled = profile.Read(parsed);
            Profiler? profiler = profiled.Begin(terminal, trained.Network);
            using EarlyCompilation? compilation = profiler is null ? EarlyCompilation.Begin(trained.Network, trained.Input.Prepend(1)) : null;

            // All are read before the first is shown: a mistake should not hide behind pages of answers.
            List<(string Path, Image Picture)> pictures = [.. paths.Select(path => (path, Read(terminal, path)))];
            terminal.Fact("model", $"{trained.Model.Name} from {terminal.ShortPath(trained.File)}");
            foreach ((string path, Image picture) in pictures)
            {
                terminal.Line();
                Show(terminal, trained, path, picture, profiler);
            }

            profiled.Conclude(terminal, profiler, "picture");

            return ExitCode.Success;
        });
        return command;
    }

    private static void RequirePictures(TrainedNetwork trained)
    {
        if (trained.Input.Rank != 3 || trained.Input[0] is not (1 or 3))
        {
            throw new MistakeException(
                $"{trained.File} is of '{trained.Model.Name}', which reads {Numbers.Count(trained.Input.ElementCount, "number")}, not pictures. "
                + "Name another network with --model or --weights.");
        }
    }

    private static Image Read(Terminal terminal, string path)
    {
        string full = terminal.FullPath(path);
        return File.Exists(full)
            ? ImageFile.Read(full)
            : throw new MistakeException($"There is no picture {full}. Check the path.");
    }

    private static void Show(Terminal terminal, TrainedNetwork trained, string path, Image picture, Profiler? profiler)
    {
        profiler?.BeginStep();
        (Image seen, string how) = Prepare(trained, picture);
        Tensor weight = trained.Network.NamedParameters()[0].Parameter.Value;
        profiler?.Enter(ProfiledWork.Transfer);
        Tensor batch = seen.ToBatch(weight.DType).To(weight.Device);
        profiler?.Enter(ProfiledWork.Forward);
        Tensor scores = profiler is null ? trained.Network.Predict(batch) : trained.Network.Forward(batch, profiler.Observe(Mode.Inference));
        profiler?.Enter(ProfiledWork.Loss);
        Tensor onDevice = trained.Model.CreateLoss().Probabilities(scores);
        profiler?.Enter(ProfiledWork.Results);
        Tensor probabilities = onDevice.To(Device.Cpu);
        profiler?.EndStep();
        terminal.Line($"{path}, {picture.Width}×{picture.Height}", Theme.Strong);
        terminal.Line($"as the network sees it: {how}", Theme.Quiet);
        terminal.Line();

        TextCanvas eye = Picture.Draw(Brightness(seen), seen.Width, terminal.HasColors);
        TextCanvas bars = ProbabilityBars.Draw(probabilities, trained.Info.ClassNames, ClassesShown, Math.Clamp(terminal.Width - eye.Width - 4, 24, 48));
        if (eye.Width + 4 + bars.Width > terminal.Width)
        {
            terminal.Draw(bars);
            return;
        }

        TextCanvas both = new(eye.Width + 4 + bars.Width, Math.Max(eye.Height, bars.Height));
        both.Place(eye, 0, 0);
        both.Place(bars, eye.Width + 4, Math.Max(0, (eye.Height - bars.Height) / 2));
        terminal.Draw(both);
    }

    // The way of deck F: resize, grey, and (in Show) a batch of one. A digit is also brought to the form of MNIST's.
    private static (Image Seen, string How) Prepare(TrainedNetwork trained, Image picture)
    {
        (int channels, int height, int width) = (trained.Input[0], trained.Input[1], trained.Input[2]);
        if (trained.Input == new Shape(1, 28, 28) && trained.Info.ClassNames.SequenceEqual(IdxImageSet.DigitNames))
        {
            return (DigitPhoto.ToMnist(picture), "grey, light on dark, centred in 28×28 like MNIST");
        }

        return channels == 1
            ? (picture.ToGrey().Resize(height, width), $"grey, {width}×{height}")
            : (picture.ToRgb().Resize(height, width), $"{width}×{height}");
    }

    private static float[] Brightness(Image image) => Array.ConvertAll(image.ToGrey().Pixels, p => p / 255f);
}
