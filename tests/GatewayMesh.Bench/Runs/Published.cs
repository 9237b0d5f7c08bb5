namespace GatewayMesh.Bench.Runs;

/// <summary>The program under test.</summary>
internal static class Published
{
    /// <summary>Folder of the repository.</summary>
    public static string Root => Environment.GetEnvironmentVariable("BENCH_ROOT") ?? Directory.GetCurrentDirectory();

    /// <summary>Returns the path of the program.</summary>
    /// <exception cref="BenchException">The program is missing.</exception>
    public static string Program()
    {
        var program = Environment.GetEnvironmentVariable("BENCH_BINARY") ?? Path.Combine(Root, "artifacts/gatewaymesh/gatewaymesh");
        return File.Exists(program) ? program : throw new BenchException($"{program} is missing: run ./build.sh publish");
    }
}
