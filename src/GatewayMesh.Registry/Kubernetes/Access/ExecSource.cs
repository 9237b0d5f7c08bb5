using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using GatewayMesh.Registry.Kubernetes.Api;

namespace GatewayMesh.Registry.Kubernetes.Access;

/// <summary>
/// Credentials printed by a plugin. The plugin runs when there is no credential, when the last one has expired, and after a 401. One run at
/// a time; all requests wait for it.
/// </summary>
/// <param name="plugin">The plugin.</param>
/// <param name="rest">Credential that the answer completes.</param>
/// <param name="time">Clock of the expiration and of the timeout.</param>
internal sealed class ExecSource(ExecPlugin plugin, ApiCredential rest, TimeProvider time) : ICredentialSource, IDisposable
{
    private const int Longest = 1024 * 1024;
    private const int Shown = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _turn = new(1);
    private volatile ApiCredential? _current;
    private DateTimeOffset _until;

    /// <inheritdoc/>
    public async ValueTask<ApiCredential> CurrentAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_current is not { } known || time.GetUtcNow() >= _until)
            {
                _current = known = await RunAsync(cancellation).ConfigureAwait(false);
            }

            return known;
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Refuse(ApiCredential refused) => _ = Interlocked.CompareExchange(ref _current, null, refused);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<ApiCredential> RunAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        using var process = Start();
        try
        {
            var output = ReadAsync(process.StandardOutput, either.Token);
            var complaints = ReadAsync(process.StandardError, either.Token);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            var (text, complaint) = (await output.ConfigureAwait(false), await complaints.ConfigureAwait(false));
            return process.ExitCode == 0
                ? Read(text)
                : throw Failure($"ended with {process.ExitCode}: {ApiError.OneLine(complaint.Length > Shown ? complaint[..Shown] : complaint)}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failure($"did not end within {Patience.TotalSeconds:0} s");
        }
        finally
        {
            End(process);
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(plugin.Command)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in plugin.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in plugin.Variables)
        {
            start.Environment[name] = value;
        }

        start.Environment["KUBERNETES_EXEC_INFO"] = plugin.Info;
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception failure)
        {
            var hint = plugin.InstallHint.Length > 0 ? $"; {ApiError.OneLine(plugin.InstallHint)}" : "";
            throw new IOException($"the credential plugin {plugin.Command} cannot be started: {failure.Message}{hint}", failure);
        }
    }

    private ApiCredential Read(string text)
    {
        ExecCredential? answer;
        try
        {
            answer = JsonSerializer.Deserialize(text, AccessJson.Default.ExecCredential);
        }
        catch (JsonException failure)
        {
            throw Failure($"did not print an ExecCredential: {failure.Message}");
        }

        if (answer is not { Kind: "ExecCredential", Status: { } status } || answer.ApiVersion != plugin.ApiVersion)
        {
            throw Failure($"did not print an ExecCredential of {plugin.ApiVersion} with a status");
        }

        if (status.Token is not { Length: > 0 } && (status.ClientCertificateData is null || status.ClientKeyData is null))
        {
            throw Failure("printed neither a token nor a certificate with its key");
        }

        _until = status.ExpirationTimestamp ?? DateTimeOffset.MaxValue;
        return rest with
        {
            Token = status.Token ?? rest.Token,
            Certificate = status.ClientCertificateData is { } certificate ? PemSource.OfText(certificate) : rest.Certificate,
            Key = status.ClientKeyData is { } key ? PemSource.OfText(key) : rest.Key,
        };
    }

    private static async Task<string> ReadAsync(StreamReader from, CancellationToken cancellation)
    {
        var text = new System.Text.StringBuilder();
        var block = new char[4096];
        while (await from.ReadAsync(block.AsMemory(), cancellation).ConfigureAwait(false) is > 0 and var read)
        {
            if (text.Length + read <= Longest)
            {
                text.Append(block, 0, read);
            }
        }

        return text.ToString();
    }

    private static void End(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (InvalidOperationException)
        {
            // The process ended by itself.
        }
    }

    private IOException Failure(string what) => new($"the credential plugin {plugin.Command} {what}");
}
