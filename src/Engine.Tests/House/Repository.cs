namespace Engine.Tests.House;

/// <summary>Where the sources are.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Engine.sln, above the one the tests run from. In the portable build the test is skipped.</summary>
    public static string Root
    {
        get
        {
            if (Program.IsPortable)
            {
                Assert.Ignore("This test reads the sources, and the portable build has none.");
            }

            DirectoryInfo? folder = new(TestContext.CurrentContext.TestDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Engine.sln")))
            {
                folder = folder.Parent;
            }

            return folder?.FullName ?? throw new DirectoryNotFoundException($"No Engine.sln above {TestContext.CurrentContext.TestDirectory}.");
        }
    }
}
