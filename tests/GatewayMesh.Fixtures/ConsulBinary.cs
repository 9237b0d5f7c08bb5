namespace GatewayMesh.Fixtures;

/// <summary>The program <c>consul</c>.</summary>
public static class ConsulBinary
{
    /// <summary>Path of the program. A missing program is an error, never a reason to skip a test.</summary>
    /// <exception cref="InvalidOperationException">The program is not on PATH.</exception>
    public static string Path { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => System.IO.Path.Combine(folder, "consul"))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("consul is not on PATH: run ops/get-consul.sh");
}
