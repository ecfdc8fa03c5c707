namespace Engine.Tests.Checking;

/// <summary>Where the sources are.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Engine.sln, above the one the tests run from.</summary>
    public static string Root
    {
        get
        {
            DirectoryInfo? folder = new(TestContext.CurrentContext.TestDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Engine.sln")))
            {
                folder = folder.Parent;
            }

            return folder?.FullName ?? throw new DirectoryNotFoundException($"No Engine.sln above {TestContext.CurrentContext.TestDirectory}.");
        }
    }
}
