using System.Diagnostics;

namespace GatewayMesh.MeshTests.Edge;

/// <summary>Runs openssl.</summary>
internal static class OpenSsl
{
    /// <summary>Returns standard output and standard error, whatever the exit code. Standard input is empty.</summary>
    public static Task<string> RunAsync(params string[] arguments) => RunWithInputAsync("", arguments);

    /// <summary>Runs openssl with <paramref name="input"/>.</summary>
    public static async Task<string> RunWithInputAsync(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("openssl", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process openssl;
        try
        {
            openssl = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new FileNotFoundException("openssl is missing (Debian: apt-get install openssl).", missing);
        }

        using (openssl)
        {
            var (output, errors) = (openssl.StandardOutput.ReadToEndAsync(), openssl.StandardError.ReadToEndAsync());
            await openssl.StandardInput.WriteAsync(input);
            openssl.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await openssl.WaitForExitAsync(patience.Token);
            return await output + await errors;
        }
    }

    /// <summary>Creates an authority: <c>NAME.pem</c> and <c>NAME.key</c> in <paramref name="folder"/>.</summary>
    public static Task AuthorityAsync(string folder, string name) => RunAsync(
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        $"/CN={name}",
        "-keyout",
        Key(folder, name),
        "-out",
        Pem(folder, name));

    /// <summary>Creates a certificate of the authority for <paramref name="host"/>.</summary>
    public static Task IssueAsync(string folder, string authority, string name, string subject, string host, string usage) => RunAsync(
        "req",
        "-x509",
        "-CA",
        Pem(folder, authority),
        "-CAkey",
        Key(folder, authority),
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        subject,
        "-addext",
        $"subjectAltName=DNS:{host}",
        "-addext",
        $"extendedKeyUsage={usage}",
        "-addext",
        "basicConstraints=critical,CA:FALSE",
        "-keyout",
        Key(folder, name),
        "-out",
        Pem(folder, name));

    public static string Pem(string folder, string name) => Path.Combine(folder, name + ".pem");

    public static string Key(string folder, string name) => Path.Combine(folder, name + ".key");
}
