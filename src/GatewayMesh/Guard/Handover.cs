using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using GatewayMesh.Guard.Control;
using GatewayMesh.Guard.Workers;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard;

/// <summary>
/// State that a guard hands to the program it executes in its own place: listening sockets, the serving worker, and counters.
/// </summary>
/// <param name="Listeners">The listeners.</param>
/// <param name="Descriptors">Descriptors of the listeners, in the same order.</param>
/// <param name="Worker">The worker that holds the lease, or null.</param>
/// <param name="Counts">Counters, by name.</param>
internal sealed record Handover(
    ImmutableArray<ListenerLease> Listeners,
    ImmutableArray<int> Descriptors,
    WorkerHandover? Worker,
    ImmutableSortedDictionary<string, long> Counts)
{
    /// <summary>Draining workers from before the upgrade.</summary>
    public ImmutableArray<WorkerHandover> Draining { get; set; } = [];

    /// <summary>True if the serving worker already runs the new program. Default: false, as with a guard of version 0.1.</summary>
    public bool WorkerIsUpgraded { get; set; }

    // Not named GATEWAYMESH_…: those are configuration.
    private const string Variable = "_GATEWAYMESH_HANDOVER";
    private const int Limit = 4 * 1024 * 1024;

    /// <summary>
    /// Executes <paramref name="executable"/> in place of this process. Returns only by throwing; then nothing has changed.
    /// </summary>
    /// <exception cref="LinuxException">The program cannot be executed.</exception>
    internal static void Execute(
        string executable,
        GuardListeners listeners,
        WorkerProcess worker,
        IReadOnlyList<WorkerProcess> draining,
        GuardCounts counts,
        bool takesHeldSignals)
    {
        var all = listeners.All.ToList();
        var handover = new Handover(
            [.. all.Select(listener => ListenerLease.From(listener.Spec))],
            [.. all.Select(listener => listener.Socket.Number)],
            worker.HandOver(),
            counts.ToDictionary())
        {
            Draining = [.. draining.Select(old => old.HandOver())],
            WorkerIsUpgraded = true,
        };
        using var file = MemoryFile.Create(
            "gatewaymesh-handover", JsonSerializer.SerializeToUtf8Bytes(handover, HandoverJson.Default.Handover));
        List<Descriptor> kept = [file, .. all.Select(listener => listener.Socket), .. worker.Kept, .. draining.SelectMany(old => old.Kept)];
        kept.ForEach(descriptor => descriptor.KeepOverExec(true));
        try
        {
            var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .Select(pair => KeyValuePair.Create((string)pair.Key, (string?)pair.Value ?? ""))
                .Where(pair => pair.Key != Variable)
                .Append(KeyValuePair.Create(Variable, file.Number.ToString(CultureInfo.InvariantCulture)));
            if (!takesHeldSignals)
            {
                HeldSignals.LetThrough();
            }

            ProcessHandle.Execute(executable, [.. Environment.GetCommandLineArgs().Skip(1)], environment);
        }
        finally
        {
            HeldSignals.Hold();
            kept.ForEach(descriptor => descriptor.KeepOverExec(false));
        }
    }

    /// <summary>Takes the state left by the previous guard, or null. Works once.</summary>
    internal static Handover? Take()
    {
        var number = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, null);
        if (!int.TryParse(number, CultureInfo.InvariantCulture, out var fd))
        {
            return null;
        }

        using var file = new Descriptor(fd);
        return JsonSerializer.Deserialize(MemoryFile.ReadAll(file, Limit), HandoverJson.Default.Handover);
    }

    /// <summary>Takes ownership of the sockets.</summary>
    internal void PutInto(GuardListeners listeners)
    {
        foreach (var (listener, fd) in Listeners.Zip(Descriptors))
        {
            var socket = new ListeningSocket(fd);
            socket.KeepOverExec(false);
            listeners.Put(listener.ToSpec(), socket);
        }
    }
}

/// <summary>
/// A worker handed from one program to the next: its number in the lease machine, its process id, and the descriptors of its channel,
/// counters and probe listener.
/// </summary>
internal sealed record WorkerHandover(int Number, int Pid, int Channel, int Progress, int ProbeListener);

/// <summary>Source-generated serialization.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(Handover))]
internal sealed partial class HandoverJson : JsonSerializerContext;
