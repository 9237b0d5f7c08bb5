using System.Diagnostics;

namespace GatewayMesh.Registry.Tests;

/// <summary>FIFOs: what a read waits for without end unless somebody looks first.</summary>
internal static class Fifo
{
    public static void Make(string path)
    {
        using var made = Process.Start("mkfifo", [path]);
        made.WaitForExit();
        Assert.That(made.ExitCode, Is.Zero);
    }
}
