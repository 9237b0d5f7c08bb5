using System.Runtime.CompilerServices;

namespace GatewayMesh.Workers;

/// <summary>A crash on demand, for the test of the readable stack in the log. Not for operators.</summary>
internal static class AskedCrash
{
    /// <summary>Environment variable that requests a crash. Not named <c>GATEWAYMESH_…</c>: those are configuration.</summary>
    internal const string Variable = "_GATEWAYMESH_CRASH";

    /// <summary>Crashes this process on another thread if the variable is set: "exception", "memory" or "fail-fast".</summary>
    internal static void Arm()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { } kind)
        {
            new Thread(() => Crash(kind)).Start();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Crash(string kind)
    {
        switch (kind)
        {
            case "exception":
                throw new InvalidOperationException($"{Variable} requests an unhandled exception");
            case "memory":
                ReadForeignMemory();
                break;
            default:
                Environment.FailFast($"{Variable} requests the end of this process");
                break;
        }

        // A tail call could leave this method out of the stack.
        GC.KeepAlive(kind);
    }

    private static unsafe void ReadForeignMemory() => Console.Error.WriteLine(*(int*)0x7000_0000);
}
