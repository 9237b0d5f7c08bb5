using System.Runtime.CompilerServices;

namespace GatewayMesh.Roles.Workers;

/// <summary>A crash on demand, for the test that a crash leaves a readable stack in the log. An operator has no use for it.</summary>
internal static class AskedCrash
{
    /// <summary>Set in the environment of a worker that shall crash; not a name of the form <c>GATEWAYMESH_…</c>, which is configuration.</summary>
    internal const string Variable = "_GATEWAYMESH_CRASH";

    /// <summary>Crashes this process on another thread if the environment asks for that: "exception", "memory" or "fail-fast".</summary>
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
                throw new InvalidOperationException($"{Variable} asks for an exception that nobody handles");
            case "memory":
                ReadForeignMemory();
                break;
            default:
                Environment.FailFast($"{Variable} asks for the end of this process");
                break;
        }

        // A call that is the last thing of a method may leave the method out of the stack.
        GC.KeepAlive(kind);
    }

    private static unsafe void ReadForeignMemory() => Console.Error.WriteLine(*(int*)0x7000_0000);
}
