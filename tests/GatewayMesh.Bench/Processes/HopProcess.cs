using System.Runtime.InteropServices;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Bench.Processes;

/// <summary>A program of a peer, with all of its children.</summary>
internal sealed partial class HopProcess : IAsyncDisposable
{
    private const int Kill = 9;
    private const int Terminate = 15;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);
    private readonly OwnedProcess _owned;

    private HopProcess(string name, OwnedProcess owned) => (Name, _owned) = (name, owned);

    /// <summary>Name for messages.</summary>
    public string Name { get; }

    /// <summary>The program and its children, now.</summary>
    public IReadOnlyList<int> Pids => ProcessTree.Of(_owned.Id);

    /// <summary>Output of the program.</summary>
    public string Log => _owned.Log;

    /// <summary>True if the program has ended.</summary>
    public bool HasExited => _owned.HasExited;

    /// <summary>Starts a program, which ends with the bench at the latest.</summary>
    public static async Task<HopProcess> StartAsync(string name, string program, params string[] arguments) =>
        new(name, await OwnedProcess.StartAsync(program, arguments));

    /// <summary>Asks the program to end, and waits a while for that.</summary>
    public async Task EndAsync()
    {
        _ = Send(_owned.Id, Terminate);
        var deadline = TimeProvider.System.GetUtcNow() + EndLimit;
        while (!HasExited && TimeProvider.System.GetUtcNow() < deadline)
        {
            await Task.Delay(20);
        }
    }

    /// <summary>Kills the program and its children.</summary>
    public async ValueTask DisposeAsync()
    {
        // The parent first, so that it starts none of them again. Children hold the pipe that the end of the parent is read from.
        foreach (var pid in Pids)
        {
            _ = Send(pid, Kill);
        }

        await _owned.DisposeAsync();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int pid, int signal);
}
