using System.Diagnostics;

namespace GatewayMesh.Scenarios;

/// <summary>The scenario's sidecar: the published binary with the scenario's bootstrap file and its own registry folder.</summary>
internal sealed class Sidecar : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _admin;
    private readonly Process _process;
    private readonly Queue<string> _log = new();
    private readonly string _registry;

    public Sidecar(string binary, string config, string registry, int adminPort)
    {
        _registry = registry;
        _admin = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{adminPort}"), Timeout = TimeSpan.FromSeconds(2) };
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(binary, ["--config", config, "--no-guard"])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            },
        };
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Waits until the sidecar is ready.</summary>
    public Task ReadyAsync() =>
        UntilAsync("the sidecar is ready", async () => (await _admin.GetAsync(new Uri("/-/ready", UriKind.Relative))).IsSuccessStatusCode);

    /// <summary>Writes the entries of a phase to the registry and waits until the sidecar uses them.</summary>
    public async Task UseAsync(string entries)
    {
        var before = await RevisionAsync();
        var file = Path.Combine(_registry, "phase.yaml");
        if (File.Exists(file) && await File.ReadAllTextAsync(file) == entries)
        {
            return;
        }

        await File.WriteAllTextAsync(file + ".new", entries);
        File.Move(file + ".new", file, overwrite: true);
        await UntilAsync("the entries of the phase are in use", async () => await RevisionAsync() != before);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        _admin.Dispose();
    }

    private async Task<string> RevisionAsync()
    {
        using var config = System.Text.Json.JsonDocument.Parse(await _admin.GetStringAsync(new Uri("/config", UriKind.Relative)));
        var errors = config.RootElement.GetProperty("errors");
        return errors.GetArrayLength() == 0 ? config.RootElement.GetProperty("revision").GetString()!
            : throw new InvalidOperationException($"the sidecar refused the entries: {errors}");
    }

    private async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience && !_process.HasExited; await Task.Delay(50))
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                // The sidecar does not answer yet.
            }
        }

        throw new InvalidOperationException($"timed out after {Patience.TotalSeconds} s waiting until {what}\n{Log()}");
    }

    private void Keep(string? line)
    {
        lock (_log)
        {
            _log.Enqueue(line ?? "");
            if (_log.Count > 40)
            {
                _log.Dequeue();
            }
        }
    }

    private string Log()
    {
        lock (_log)
        {
            return string.Join('\n', _log);
        }
    }
}
