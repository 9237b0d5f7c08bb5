using System.Diagnostics;

namespace GatewayMesh.MeshTests.Protocols;

/// <summary>Runs curl.</summary>
internal static class Curl
{
    public static Task<string> RunAsync(params string[] arguments) => RunWithInputAsync("", arguments);

    /// <summary>Returns the output. A failure of curl fails the test.</summary>
    public static async Task<string> RunWithInputAsync(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("curl", ["-sS", "--max-time", "30", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process curl;
        try
        {
            curl = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new FileNotFoundException("curl is missing (Debian: apt-get install curl).", missing);
        }

        using (curl)
        {
            var (output, errors) = (curl.StandardOutput.ReadToEndAsync(), curl.StandardError.ReadToEndAsync());
            await curl.StandardInput.WriteAsync(input);
            curl.StandardInput.Close();
            await curl.WaitForExitAsync();
            Assert.That(curl.ExitCode, Is.Zero, $"curl {string.Join(' ', arguments)}: {await errors}");
            return await output;
        }
    }
}
