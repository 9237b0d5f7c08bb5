using System.Diagnostics;

namespace GatewayMesh.Registry.Tests;

/// <summary>FIFOs, on which a read blocks forever without a check.</summary>
internal static class Fifo
{
    public static void Make(string path)
    {
        using var made = Process.Start("mkfifo", [path]);
        made.WaitForExit();
        Assert.That(made.ExitCode, Is.Zero);
    }
}
