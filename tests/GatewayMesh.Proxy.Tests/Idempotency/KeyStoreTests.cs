using System.Globalization;
using System.Text;
using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Proxy.Idempotency;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Idempotency;

/// <summary>The keys of a service on disk: bounds, two processes, damaged files.</summary>
public class KeyStoreTests
{
    private static readonly Fingerprint Print = new(Digest.OfKey("a", "b", "c"), 6, IsWhole: true);
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes("an answer");

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly List<EmbeddedKeyStore> _stores = [];
    private string _folder = "";
    private int _evicted;

    [SetUp]
    public void MakeFolder() => (_folder, _evicted) = (Directory.CreateTempSubdirectory("gatewaymesh-keys-").FullName, 0);

    [TearDown]
    public void EndStores()
    {
        _stores.ForEach(store => store.Dispose());
        _stores.Clear();
    }

    [Test]
    public async Task A_key_is_claimed_once_and_its_outcome_found_again_by_the_next_process()
    {
        var store = Open();

        Assert.That((await store.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Claimed));
        Assert.That((await store.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Running));
        await store.SettleAsync(Key(1), KeyState.Answered, Print, Answer);
        await Finish(store, 2, KeyState.NotKept);
        await Finish(store, 3, KeyState.Unknown);
        await Finish(store, 4, KeyState.Claimed);

        foreach (var each in (EmbeddedKeyStore[])[store, Open()])
        {
            var found = await each.ClaimAsync(Key(1));
            Assert.That((found.State, found.Print, found.Answer.ToArray()), Is.EqualTo((KeyState.Answered, (Fingerprint?)Print, Answer)));
            Assert.That((await each.ClaimAsync(Key(2))).State, Is.EqualTo(KeyState.NotKept));
            Assert.That((await each.ClaimAsync(Key(3))).State, Is.EqualTo(KeyState.Unknown));
        }

        Assert.That((await store.ClaimAsync(Key(4))).State, Is.EqualTo(KeyState.Claimed));
    }

    [Test]
    public async Task A_key_is_free_again_after_its_time_whatever_the_wall_clock_does()
    {
        var store = Open();
        await Finish(store, 1, KeyState.Answered);

        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.That((await store.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Answered));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.That((await store.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Claimed));
    }

    [Test]
    public async Task Beyond_the_number_of_keys_the_oldest_go_but_never_a_running_one()
    {
        var store = Open(model => model with { MaxKeys = 10 });
        await store.ClaimAsync(Key(0));
        for (var i = 1; i <= 30; i++)
        {
            await Finish(store, i, KeyState.Answered);
        }

        Assert.That((store.Count, _evicted), Is.EqualTo((10, 21)));
        Assert.That((await store.ClaimAsync(Key(0))).State, Is.EqualTo(KeyState.Running));
        Assert.That((await store.ClaimAsync(Key(30))).State, Is.EqualTo(KeyState.Answered));
        Assert.That((await store.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Claimed));
    }

    [Test]
    public async Task The_files_stay_within_their_bound_and_disappear_with_their_keys()
    {
        var store = Open(model => model with { MaxBytes = IdempotencyModel.MinBytes });
        for (var i = 0; i < 100; i++)
        {
            await Finish(store, i, KeyState.Answered, new byte[40_000]);
        }

        Assert.That(Bytes(), Is.LessThan(IdempotencyModel.MinBytes + 100_000));
        Assert.That((await store.ClaimAsync(Key(99))).State, Is.EqualTo(KeyState.Answered));
        Assert.That(_evicted, Is.GreaterThan(50));

        _time.Advance(TimeSpan.FromHours(2));
        await Finish(store, 1000, KeyState.Answered);
        Assert.That(Bytes(), Is.LessThan(200_000), "the current segment");
        Assert.That((await Open().ClaimAsync(Key(1000))).State, Is.EqualTo(KeyState.Answered));
    }

    [Test]
    public async Task Of_two_processes_exactly_one_gets_a_key()
    {
        EmbeddedKeyStore[] stores = [Open(), Open(), Open()];
        var claims = await Task.WhenAll(
            Enumerable.Range(0, 3000).Select(i => Task.Run(async () => (Key: i / 3, (await stores[i % 3].ClaimAsync(Key(i / 3))).State))));

        foreach (var key in claims.GroupBy(claim => claim.Key))
        {
            Assert.That(key.Count(claim => claim.State == KeyState.Claimed), Is.EqualTo(1));
            Assert.That(key.Count(claim => claim.State == KeyState.Running), Is.EqualTo(2));
        }
    }

    [Test]
    public async Task A_process_learns_the_outcome_of_another_and_follows_it_into_new_segments()
    {
        var (one, two) = (
            Open(model => model with { MaxBytes = IdempotencyModel.MinBytes }),
            Open(model => model with { MaxBytes = IdempotencyModel.MinBytes }));
        for (var i = 0; i < 60; i++)
        {
            var (first, second) = i % 2 == 0 ? (one, two) : (two, one);
            await first.ClaimAsync(Key(i));
            var running = await second.ClaimAsync(Key(i));
            Assert.That(running.State, Is.EqualTo(KeyState.Running));
            await first.SettleAsync(Key(i), KeyState.Answered, Print, new byte[30_000]);
            await running.Settled!.WaitAsync(TimeSpan.FromSeconds(10));
            Assert.That((await second.ClaimAsync(Key(i))).Answer.Length, Is.EqualTo(30_000));
        }
    }

    [Test]
    public async Task Running_requests_of_a_process_that_ended_have_an_unknown_outcome()
    {
        var ended = Open();
        var next = Open();
        await ended.ClaimAsync(Key(1));
        var running = await next.ClaimAsync(Key(1));
        Assert.That(running.State, Is.EqualTo(KeyState.Running));

        ended.Dispose();
        await running.Settled!.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.That((await next.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Unknown));
        Assert.That((await Open().ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Unknown));
    }

    [Test]
    public async Task A_file_cut_at_any_byte_keeps_every_record_before_the_cut()
    {
        var whole = await LogOf(4);
        var ends = Ends(whole);
        for (var cut = 0; cut <= whole.Length; cut += cut % 112 < 3 ? 1 : 17)
        {
            await Check(whole[..cut], answered: ends.Count(end => end <= cut));
        }
    }

    [Test]
    public async Task A_damaged_file_never_stops_the_store_and_a_damaged_answer_is_not_sent()
    {
        var whole = await LogOf(4);
        var random = new Random(42);
        for (var round = 0; round < 150; round++)
        {
            var damaged = whole.ToArray();
            for (var i = 0; i <= round % 4; i++)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            await Check(damaged, answered: null);
        }
    }

    [Test]
    public async Task A_folder_that_cannot_be_used_makes_keys_unavailable_until_it_can()
    {
        File.WriteAllText(Path.Combine(_folder, "payments"), "a file");
        var store = Open();
        Assert.That((await store.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Unavailable));

        File.Delete(Path.Combine(_folder, "payments"));
        await Fixtures.Eventually.Until("the store works", async () => (await store.ClaimAsync(Key(1))).State == KeyState.Claimed);
    }

    private static Digest Key(int number) => Digest.OfKey("web", "payments", number.ToString(CultureInfo.InvariantCulture));

    private async Task<byte[]> LogOf(int keys)
    {
        var store = Open();
        for (var i = 0; i < keys; i++)
        {
            await Finish(store, i, KeyState.Answered);
        }

        EndStores();
        var bytes = await File.ReadAllBytesAsync(Directory.EnumerateFiles(_folder, "*.log", SearchOption.AllDirectories).Single());
        return bytes;
    }

    // Ends of the outcomes: a claim of 112 bytes, then an outcome of 112 bytes with the answer.
    private static List<int> Ends(byte[] log) =>
        [.. Enumerable.Range(1, log.Length / (224 + Answer.Length)).Select(i => i * (224 + Answer.Length))];

    private async Task Check(byte[] log, int? answered)
    {
        MakeFolder();
        Directory.CreateDirectory(Path.Combine(_folder, "payments"));
        await File.WriteAllBytesAsync(Path.Combine(_folder, "payments", "00000001.log"), log);
        var store = Open();
        var found = 0;
        for (var i = 0; i < 4; i++)
        {
            var claim = await store.ClaimAsync(Key(i));
            found += claim.State == KeyState.Answered ? 1 : 0;
            Assert.That(claim.State == KeyState.Answered ? claim.Answer.ToArray() : Answer, Is.EqualTo(Answer));
        }

        if (answered is not null)
        {
            Assert.That(found, Is.EqualTo(answered));
        }

        await Finish(store, 100, KeyState.Answered);
        EndStores();
        Assert.That((await Open().ClaimAsync(Key(100))).State, Is.EqualTo(KeyState.Answered), "what is written behind the damage is found");
        EndStores();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task Finish(EmbeddedKeyStore store, int number, KeyState outcome, byte[]? answer = null)
    {
        Assert.That((await store.ClaimAsync(Key(number))).State, Is.EqualTo(KeyState.Claimed));
        var kept = outcome == KeyState.Answered ? answer ?? Answer : default;
        Assert.That(await store.SettleAsync(Key(number), outcome, Print, kept), Is.True);
    }

    private long Bytes() =>
        Directory.EnumerateFiles(_folder, "*.log", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

    private EmbeddedKeyStore Open(Func<IdempotencyModel, IdempotencyModel>? with = null)
    {
        var model = new IdempotencyModel { Enabled = true, Ttl = TimeSpan.FromHours(1) };
        var store = new EmbeddedKeyStore(
            Path.Combine(_folder, "payments"), with?.Invoke(model) ?? model, _time, count => Interlocked.Add(ref _evicted, count));
        _stores.Add(store);
        return store;
    }
}
